package eval

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/redact"
)

// Scope is what expressions may refer to. A value that could not be evaluated is
// unknown in it: its error has been reported, and no second one follows.
type Scope struct {
	variables  map[string]cty.Value
	locals     map[string]cty.Value
	addresses  []Address
	references map[string]cty.Value // the addresses as values, by kind
	functions  map[string]function.Function

	localNames []string // also of those that have no value yet
}

// NewScope is for files in dir; the locals have no values yet.
func NewScope(dir string, variables map[string]cty.Value, addresses []Address, all Locals) *Scope {
	return &Scope{
		variables:  variables,
		addresses:  addresses,
		references: addressValues(addresses),
		functions:  funcs.All(dir),
		localNames: all.names(),
	}
}

// With is the scope with other values of variables.
func (s *Scope) With(variables map[string]cty.Value) *Scope {
	other := *s
	other.variables = variables
	return &other
}

// Eval evaluates an expression. The value of an expression with errors is unknown.
func (s *Scope) Eval(expr hcl.Expression) (cty.Value, hcl.Diagnostics) {
	if diags := s.resolve(expr.Variables()); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	v, diags := expr.Value(s.context())
	if diags.HasErrors() {
		return cty.DynamicVal, limits.Explain(explainReferences(diags))
	}
	if large := limits.CheckSize(v, expr.Range()); large.HasErrors() {
		return cty.DynamicVal, large
	}
	return v, diags
}

func (s *Scope) context() *hcl.EvalContext {
	values := map[string]cty.Value{
		"var":   cty.ObjectVal(s.variables),
		"local": cty.ObjectVal(s.locals),
	}
	maps.Copy(values, s.references)
	return &hcl.EvalContext{Variables: values, Functions: s.functions}
}

// explainReferences adds a hint to errors about an opaque type.
func explainReferences(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		// hcl and cty name the type in their texts only.
		if strings.Contains(d.Detail, funcs.ReferenceType.FriendlyName()) {
			d.Extra = problem.Extra{Hint: "a reference stands for a secret that is read only when it is used: assign it to a secret attribute unchanged"}
		}
	}
	return diags
}

// resolve reports undeclared references, before hcl does so in words that do not
// fit blocks.
func (s *Scope) resolve(refs []hcl.Traversal) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, t := range refs {
		if p := s.check(t); p != nil {
			diags = append(diags, p.At(t.SourceRange())...)
		}
	}
	return diags
}

func (s *Scope) check(t hcl.Traversal) *problem.Problem {
	steps := names(t)
	first := ""
	if len(steps) > 0 {
		first = steps[0]
	}
	switch root := t.RootName(); {
	case root == "var":
		return missing("variable", "var.NAME", first, spelled(t, 1), slices.Sorted(maps.Keys(s.variables)))
	case root == "local":
		return missing("local value", "local.NAME", first, spelled(t, 1), s.localNames)
	case Forms[root] != "":
		return s.checkAddress(root, steps, t)
	case root == "each":
		return problem.NotYet(`"each", which belongs to "for_each",`)
	default:
		return unknownRoot(root)
	}
}

// spelled is the first steps after the root as they may be shown: a key in
// quotes can be any text.
func spelled(t hcl.Traversal, n int) string {
	var out []string
	for _, step := range t[1:min(n+1, len(t))] {
		name := redact.NotShown
		if attr, ok := step.(hcl.TraverseAttr); ok {
			name = attr.Name
		}
		out = append(out, name)
	}
	return strings.Join(out, ".")
}

// names are the steps after the root, as far as they are names.
func names(t hcl.Traversal) []string {
	var out []string
	for _, step := range t[1:] {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			out = append(out, step.Name)
		case hcl.TraverseIndex:
			if step.Key.Type() != cty.String || step.Key.IsNull() {
				return out
			}
			out = append(out, step.Key.AsString())
		default:
			return out
		}
	}
	return out
}

func (s *Scope) checkAddress(kind string, steps []string, t hcl.Traversal) *problem.Problem {
	form := Forms[kind]
	want := strings.Count(form, ".")
	if len(steps) > want {
		return &problem.Problem{
			Summary: "Unsupported reference",
			Detail:  "A reference names a block as a whole; attributes of blocks cannot be read.",
			Hint:    "put the value into a local and use that in both places",
		}
	}
	if len(steps) == want && slices.Contains(s.addresses, NewAddress(kind, steps)) {
		return nil
	}
	var known []string
	for _, a := range s.addresses {
		if a.Kind == kind {
			known = append(known, strings.TrimPrefix(a.String(), kind+"."))
		}
	}
	whole := ""
	if len(steps) == want {
		whole = strings.Join(steps, ".")
	}
	return missing(kind, form, whole, spelled(t, want), known)
}
