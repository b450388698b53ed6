package variable

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// variable is one declaration.
type variable struct {
	name        string
	block       hcl.Range
	typ         cty.Type
	defaults    *typeexpr.Defaults // of optional() attributes
	fallback    cty.Value          // cty.NilVal: a value is required
	sensitive   bool
	nullable    bool
	validations []validation
}

// validation is one rule for the value of a variable.
type validation struct {
	condition, message hcl.Expression
}

// Schema is what a variable block contains.
var Schema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "type"}, {Name: "default"}, {Name: "description"}, {Name: "sensitive"}, {Name: "nullable"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "validation"}},
}

// ValidationSchema is what a validation block contains.
var ValidationSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "condition", Required: true}, {Name: "error_message", Required: true}},
}

func declare(block *hcl.Block) (variable, hcl.Diagnostics) {
	v := variable{name: block.Labels[0], block: block.DefRange, typ: cty.DynamicPseudoType, nullable: true}
	content, diags := block.Body.Content(Schema)
	diags = append(diags, v.decodeSwitches(content.Attributes)...)
	if attr := content.Attributes["type"]; attr != nil {
		ty, defaults, more := typeexpr.TypeConstraintWithDefaults(attr.Expr)
		diags = append(diags, more...)
		v.typ, v.defaults = ty, defaults
	}
	if v.sensitive && v.typ != cty.String && v.typ != cty.DynamicPseudoType {
		diags = append(diags, problem.Problem{
			Summary: "Invalid sensitive variable",
			Detail:  fmt.Sprintf("The variable %q is sensitive, and a sensitive variable is a string.", v.name),
		}.At(content.Attributes["type"].Expr.Range())...)
	}
	if v.sensitive {
		v.typ, v.defaults = cty.String, nil
	}
	if attr := content.Attributes["default"]; attr != nil {
		diags = append(diags, v.decodeDefault(attr)...)
	}
	return v, append(diags, v.decodeValidations(content.Blocks)...)
}

func (v *variable) decodeSwitches(attrs hcl.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for name, target := range map[string]*bool{"sensitive": &v.sensitive, "nullable": &v.nullable} {
		if attr := attrs[name]; attr != nil {
			on, more := eval.Literal(attr.Expr, cty.Bool)
			diags = append(diags, more...)
			*target = !more.HasErrors() && on.True()
		}
	}
	if attr := attrs["description"]; attr != nil {
		_, more := eval.Literal(attr.Expr, cty.String)
		diags = append(diags, more...)
	}
	return diags
}

func (v *variable) decodeDefault(attr *hcl.Attribute) hcl.Diagnostics {
	given, diags := eval.WrittenOut(attr.Expr)
	if diags.HasErrors() {
		v.fallback = cty.UnknownVal(v.typ)
		return diags
	}
	value, p := v.convert(given)
	v.fallback = value
	if p != nil {
		return append(diags, p.At(attr.Expr.Range())...)
	}
	return diags
}

func (v *variable) decodeValidations(found hcl.Blocks) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, b := range found {
		content, more := b.Body.Content(ValidationSchema)
		diags = append(diags, more...)
		if more.HasErrors() {
			continue
		}
		v.validations = append(v.validations, validation{
			condition: content.Attributes["condition"].Expr,
			message:   content.Attributes["error_message"].Expr,
		})
	}
	return diags
}

// convert makes a value one of v's type. After a problem it is unknown.
func (v *variable) convert(given cty.Value) (cty.Value, *problem.Problem) {
	if given.IsNull() {
		return v.null()
	}
	if v.defaults != nil {
		given = v.defaults.Apply(given)
	}
	value, err := convert.Convert(given, v.typ)
	if err != nil {
		return cty.UnknownVal(v.typ), v.invalid(err)
	}
	return value, nil
}

func (v *variable) null() (cty.Value, *problem.Problem) {
	if v.nullable {
		return cty.NullVal(v.typ), nil
	}
	return cty.UnknownVal(v.typ), &problem.Problem{
		Summary: "Invalid value for variable",
		Detail:  fmt.Sprintf("The variable %q has nullable = false and must not be null.", v.name),
	}
}

func (v *variable) invalid(err error) *problem.Problem {
	p := &problem.Problem{
		Summary: "Invalid value for variable",
		Detail:  fmt.Sprintf("The value of variable %q does not fit its type: %v.", v.name, err),
	}
	if v.sensitive {
		p.Detail, p.Hidden = fmt.Sprintf("The value of variable %q does not fit its type.", v.name), true
	}
	return p
}
