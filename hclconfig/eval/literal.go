package eval

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/vmxsync/vmxsync/hclconfig/limits"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Literal evaluates an expression that may refer to nothing, to a value of
// type ty that is not null.
func Literal(expr hcl.Expression, ty cty.Type) (cty.Value, hcl.Diagnostics) {
	v, diags := WrittenOut(expr)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	v, err := convert.Convert(v, ty)
	if err != nil || v.IsNull() || !v.IsKnown() {
		return cty.DynamicVal, problem.Problem{
			Summary: "Wrong type of value",
			Detail:  fmt.Sprintf("A %s that is written out is required here.", ty.FriendlyName()),
		}.At(expr.Range())
	}
	return v, diags
}

// WrittenOut evaluates an expression that may refer to nothing.
func WrittenOut(expr hcl.Expression) (cty.Value, hcl.Diagnostics) {
	v, diags := expr.Value(&hcl.EvalContext{Functions: (&limits.Spending{}).Functions()})
	for _, d := range diags {
		if d.Summary == "Call to unknown function" {
			d.Summary, d.Detail = "Function calls not allowed", "Functions may not be called here."
		}
	}
	return v, limits.Explain(diags)
}
