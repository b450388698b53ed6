package variable

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/read"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
)

// Arg is one -var or -var-file of the command line. Exactly one field is
// set.
type Arg struct {
	Assignment string // "name=value"
	File       string // path, as the process sees it
}

// given is a value for a variable, and its origin.
type given struct {
	value   cty.Value
	text    string // the value as text, where raw
	raw     bool   // from the environment or -var: not yet parsed
	from    string // "-var", a file, an environment variable
	fromEnv bool
	place   *hcl.Range
}

// Origins are where the values of variables come from: a later one replaces an
// earlier one.
type Origins struct {
	Env   func(name string) (value string, ok bool) // may be nil
	Dir   string                                    // of the configuration
	Names []string                                  // of files of values in it
	Args  []Arg
	Files *read.Files // keeps what is read
}

// givens are the values of a run by variable.
type givens struct {
	Origins
	declared []string
	values   map[string]given
	partial  bool // files may give values to variables that are not declared here
}

// gather reads all sources of values, lowest first.
func (g *givens) gather() hcl.Diagnostics {
	g.values = map[string]given{}
	for _, name := range g.declared {
		if g.Env == nil {
			break
		}
		if text, ok := g.Env(secret.EnvPrefix + name); ok {
			g.values[name] = given{text: text, raw: true, from: secret.EnvPrefix + name, fromEnv: true}
		}
	}
	var diags hcl.Diagnostics
	for _, name := range g.Names {
		diags = append(diags, g.file(g.Dir, name)...)
	}
	return append(diags, g.args()...)
}

func (g *givens) args() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, arg := range g.Args {
		if arg.File == "" {
			diags = append(diags, g.assign(arg.Assignment)...)
			continue
		}
		diags = append(diags, g.argFile(arg.File)...)
	}
	return diags
}

func (g *givens) argFile(path string) hcl.Diagnostics {
	dir, err := filepath.Abs(".")
	if err != nil {
		return problem.Unreadable("File not readable", path, err)
	}
	return g.file(dir, path)
}

func (g *givens) assign(text string) hcl.Diagnostics {
	name, value, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	switch {
	case !ok || name == "":
		return problem.Problem{
			Summary: "Invalid -var",
			Detail:  "The argument of -var has no name and equals sign.",
			Hint:    "write -var 'name=value'",
		}.Nowhere()
	case !slices.Contains(g.declared, name):
		return g.undeclared(name, "-var").Nowhere()
	}
	g.values[name] = given{text: value, raw: true, from: "-var"}
	return nil
}

func (g *givens) undeclared(name, from string) *problem.Problem {
	return &problem.Problem{
		Summary: "Value for undeclared variable",
		Detail: fmt.Sprintf("%s gives a value to %q, but no variable has that name.%s",
			from, name, problem.DidYouMean(name, g.declared)),
		Hint:   fmt.Sprintf("declare it: variable %q {}", name),
		Hidden: true,
	}
}

// file reads a file of values. Its source lines are never shown beyond the
// names: any of them may be a secret.
func (g *givens) file(dir, name string) hcl.Diagnostics {
	body, diags := g.Files.Read(dir, name)
	if body == nil || diags.HasErrors() {
		return problem.Conceal(diags)
	}
	attrs, more := body.JustAttributes()
	diags = append(diags, problem.Conceal(more)...)
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		diags = append(diags, g.fromFile(name, attrs[key])...)
	}
	return diags
}

func (g *givens) fromFile(file string, attr *hcl.Attribute) hcl.Diagnostics {
	if !slices.Contains(g.declared, attr.Name) {
		if g.partial {
			return nil
		}
		return problem.Warnings(g.undeclared(attr.Name, file).At(attr.NameRange))
	}
	value, diags := eval.WrittenOut(attr.Expr)
	if diags.HasErrors() {
		value = cty.DynamicVal
	}
	g.values[attr.Name] = given{value: value, from: file, place: &attr.NameRange}
	return problem.Conceal(diags)
}

// convert returns the given value, converted to the type of v.
func (g given) convert(v *variable) (cty.Value, hcl.Diagnostics) {
	value := g.value
	if g.raw {
		parsed, diags := g.parse(v)
		if diags.HasErrors() {
			return cty.UnknownVal(v.typ), diags
		}
		value = parsed
	}
	out, p := v.convert(value)
	if p == nil {
		return out, nil
	}
	p.Hidden = true
	if g.place != nil {
		return out, p.At(*g.place)
	}
	p.Detail += fmt.Sprintf(" It comes from %s.", g.from)
	return out, p.Nowhere()
}

// parse reads text as terraform does: as it is for simple types, else as an
// expression.
func (g given) parse(v *variable) (cty.Value, hcl.Diagnostics) {
	if v.typ.IsPrimitiveType() || v.typ == cty.DynamicPseudoType {
		return cty.StringVal(g.text), nil
	}
	bad := problem.Problem{
		Summary: "Invalid value for variable",
		Detail:  fmt.Sprintf("The value that %s gives to variable %q is not a valid expression.", g.from, v.name),
		Hint:    fmt.Sprintf(`a list is written ["a", "b"], in a shell: -var '%s=["a", "b"]'`, v.name),
	}.Nowhere()
	if limits.CheckNesting([]byte(g.text), g.from).HasErrors() {
		return cty.DynamicVal, bad
	}
	expr, diags := hclsyntax.ParseExpression([]byte(g.text), g.from, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, bad
	}
	limits.Meter(expr)
	value, diags := eval.WrittenOut(expr)
	if diags.HasErrors() {
		return cty.DynamicVal, bad
	}
	return value, nil
}
