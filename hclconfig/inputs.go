package hclconfig

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// inputs are the variables of a run with their values.
type inputs struct {
	declared []variable
	given    map[string]given
	values   map[string]cty.Value // also of sensitive ones, which only their validation may see
}

// readInputs declares the variables of these blocks, and gives them their values.
func readInputs(blocks []*hcl.Block, from origins) (inputs, hcl.Diagnostics) {
	var in inputs
	var diags hcl.Diagnostics
	var names []string
	for _, b := range blocks {
		v, more := declare(b)
		diags = append(diags, more...)
		in.declared = append(in.declared, v)
		names = append(names, v.name)
	}
	g := givens{origins: from, declared: names}
	diags = append(diags, g.gather()...)
	in.given = g.values
	return in, append(diags, in.resolve()...)
}

func (in *inputs) resolve() hcl.Diagnostics {
	in.values = map[string]cty.Value{}
	var diags hcl.Diagnostics
	for i := range in.declared {
		v := &in.declared[i]
		value, more := in.value(v)
		diags = append(diags, more...)
		in.values[v.name] = value
	}
	return diags
}

func (in *inputs) value(v *variable) (cty.Value, hcl.Diagnostics) {
	if g, ok := in.given[v.name]; ok {
		return g.convert(v)
	}
	if v.fallback != cty.NilVal {
		return v.fallback, nil
	}
	return cty.UnknownVal(v.typ), problem.Problem{
		Summary: "No value for required variable",
		Detail:  fmt.Sprintf("The variable %q has no default, and no value was given.", v.name),
		Hint:    fmt.Sprintf("give one with -var '%s=...', in %s, or in the environment as %s%s", v.name, confdir.VarsFile, secret.EnvPrefix, v.name),
	}.At(v.block)
}

// visible are the values that expressions see: references in place of secrets.
func (in *inputs) visible() map[string]cty.Value {
	out := map[string]cty.Value{}
	for _, v := range in.declared {
		out[v.name] = v.visibleValue(in.values[v.name])
	}
	return out
}

func (v *variable) visibleValue(value cty.Value) cty.Value {
	switch {
	case !v.sensitive:
		return value
	case !value.IsKnown():
		return cty.UnknownVal(funcs.ReferenceType)
	case value.IsNull():
		return cty.NullVal(funcs.ReferenceType)
	}
	return funcs.ReferenceValue(providers.Reference{Kind: providers.VariableReference, Name: v.name})
}

// validate runs the validation blocks. The validation of a variable sees its value,
// and of the other variables only what every expression sees.
func (in *inputs) validate(s *eval.Scope) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i := range in.declared {
		v := &in.declared[i]
		if !in.values[v.name].IsWhollyKnown() {
			continue
		}
		values := in.visible()
		values[v.name] = in.values[v.name]
		own := s.With(values)
		for _, rule := range v.validations {
			diags = append(diags, rule.check(v, own, s)...)
		}
	}
	return diags
}

func (rule validation) check(v *variable, own, others *eval.Scope) hcl.Diagnostics {
	if diags := rule.checkReferences(); diags.HasErrors() {
		return diags
	}
	holds, diags := own.Eval(rule.condition)
	if !diags.HasErrors() {
		holds, diags = toBool(holds, rule.condition)
	}
	switch {
	case diags.HasErrors() && v.sensitive:
		return problem.Problem{
			Summary: "Invalid validation",
			Detail:  fmt.Sprintf("The condition cannot be evaluated with the value of the sensitive variable %q.", v.name),
		}.At(rule.condition.Range())
	case diags.HasErrors() || !holds.IsKnown() || holds.True():
		return diags
	}
	message, diags := rule.text(own, others, v.sensitive)
	return append(diags, problem.Problem{Summary: "Invalid value for variable", Detail: message}.At(v.block)...)
}

// checkReferences reports references to what has no value yet.
func (rule validation) checkReferences() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, t := range append(rule.condition.Variables(), rule.message.Variables()...) {
		if t.RootName() == "var" {
			continue
		}
		diags = append(diags, problem.Problem{
			Summary: "Invalid validation",
			Detail:  fmt.Sprintf("A validation can refer to variables only, not to %q.", t.RootName()),
		}.At(t.SourceRange())...)
	}
	return diags
}

func toBool(v cty.Value, expr hcl.Expression) (cty.Value, hcl.Diagnostics) {
	b, err := convert.Convert(v, cty.Bool)
	if err != nil || b.IsNull() {
		return b, problem.Problem{Summary: "Invalid validation", Detail: "A condition must be true or false."}.At(expr.Range())
	}
	return b, nil
}

// text is the error message. That of a sensitive variable cannot use the value.
func (rule validation) text(own, others *eval.Scope, sensitive bool) (string, hcl.Diagnostics) {
	s := own
	if sensitive {
		s = others
	}
	v, diags := s.Eval(rule.message)
	if diags.HasErrors() {
		return "The value does not meet its validation.", diags
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil || text.IsNull() || !text.IsKnown() {
		return "The value does not meet its validation.", nil
	}
	return strings.TrimSpace(text.AsString()), nil
}

// spec returns the values of this run, without the secrets.
func (in *inputs) spec() []config.Variable {
	var out []config.Variable
	for _, v := range in.declared {
		x := config.Variable{Name: v.name, Sensitive: v.sensitive, FromEnv: in.given[v.name].fromEnv}
		if value := in.values[v.name]; !v.sensitive {
			// Values come from literals, which JSON can always express.
			x.JSON, _ = ctyjson.Marshal(value, value.Type())
		}
		out = append(out, x)
	}
	return out
}

// secrets are the values of the sensitive variables of this run.
func (in *inputs) secrets() map[string]string {
	out := map[string]string{}
	for _, v := range in.declared {
		value := in.values[v.name]
		if v.sensitive && value.IsKnown() && !value.IsNull() {
			out[v.name] = value.AsString()
		}
	}
	return out
}
