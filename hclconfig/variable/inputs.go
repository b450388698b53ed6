package variable

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/vmxsync/vmxsync/hclconfig/confdir"
	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// Inputs are the variables of a run with their values.
type Inputs struct {
	declared []variable
	given    map[string]given
	values   map[string]cty.Value // also of sensitive ones, which only their validation may see
}

// Read declares the variables of these blocks, and gives them their values.
func Read(blocks []*hcl.Block, from Origins) (Inputs, hcl.Diagnostics) {
	var in Inputs
	var diags hcl.Diagnostics
	var names []string
	for _, b := range blocks {
		v, more := declare(b)
		diags = append(diags, more...)
		in.declared = append(in.declared, v)
		names = append(names, v.name)
	}
	g := givens{Origins: from, declared: names}
	diags = append(diags, g.gather()...)
	in.given = g.values
	return in, append(diags, in.resolve()...)
}

func (in *Inputs) resolve() hcl.Diagnostics {
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

func (in *Inputs) value(v *variable) (cty.Value, hcl.Diagnostics) {
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

// Visible are the values that expressions see: references in place of secrets.
func (in *Inputs) Visible() map[string]cty.Value {
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

// Spec returns the values of this run, without the secrets.
func (in *Inputs) Spec() []config.Variable {
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

// Secrets are the values of the sensitive variables of this run.
func (in *Inputs) Secrets() map[string]string {
	out := map[string]string{}
	for _, v := range in.declared {
		value := in.values[v.name]
		if v.sensitive && value.IsKnown() && !value.IsNull() {
			out[v.name] = value.AsString()
		}
	}
	return out
}
