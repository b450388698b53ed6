package variable

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// Validate runs the validation blocks. The validation of a variable sees its value,
// and of the other variables only what every expression sees.
func (in *Inputs) Validate(s *eval.Scope) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i := range in.declared {
		v := &in.declared[i]
		if !in.values[v.name].IsWhollyKnown() {
			continue
		}
		values := in.Visible()
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
