package hclconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// literal evaluates an expression that may refer to nothing, to a value of
// type ty that is not null.
func literal(expr hcl.Expression, ty cty.Type) (cty.Value, hcl.Diagnostics) {
	v, diags := writtenOut(expr)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	v, err := convert.Convert(v, ty)
	if err != nil || v.IsNull() || !v.IsKnown() {
		return cty.DynamicVal, problem{
			summary: "Wrong type of value",
			detail:  fmt.Sprintf("A %s that is written out is required here.", ty.FriendlyName()),
		}.at(expr.Range())
	}
	return v, diags
}
