package hclconfig

import (
	"fmt"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/zclconf/go-cty/cty"
)

// versionSchema finds required_version also in files that this version cannot
// read otherwise.
var versionSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "vmxsync"}}}

// checkVersion reports the constraints that this version does not meet, and
// only them: whatever else a newer file contains is not judged.
func checkVersion(bodies []hcl.Body, running string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, body := range bodies {
		content, _, _ := body.PartialContent(versionSchema)
		for _, b := range content.Blocks {
			attrs, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "required_version"}}})
			if attr := attrs.Attributes["required_version"]; attr != nil {
				diags = append(diags, checkConstraint(attr, running)...)
			}
		}
	}
	return diags
}

func checkConstraint(attr *hcl.Attribute, running string) hcl.Diagnostics {
	value, diags := eval.Literal(attr.Expr, cty.String)
	if diags.HasErrors() {
		return diags
	}
	text := value.AsString()
	constraint, err := version.NewConstraint(text)
	if err != nil {
		return problem.Problem{
			Summary: "Invalid version constraint",
			Detail:  fmt.Sprintf("%q is not a version constraint.", text),
			Hint:    `write it as ">= 0.1" or "~> 1.2"`,
		}.At(attr.Expr.Range())
	}
	v, err := version.NewVersion(running)
	if err != nil || constraint.Check(v.Core()) {
		return nil // a build without a version meets every constraint
	}
	return problem.Problem{
		Summary: "Unsupported vmxsync version",
		Detail:  fmt.Sprintf("This configuration requires vmxsync %s; this is version %s.", text, running),
		Hint:    "install a version that fits, or change required_version",
	}.At(attr.Expr.Range())
}
