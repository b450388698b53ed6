package decode

import (
	"fmt"
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// Decode fills the targets, pointers to structs whose attributes share the
// body of block.
func (d *Decoder) Decode(targets ...any) hcl.Diagnostics {
	var fields []Field
	for _, t := range targets {
		fields = append(fields, Fields(reflect.ValueOf(t).Elem(), "")...)
	}
	return d.body(d.Block.Body, d.Block.DefRange, fields, d.later...)
}

func (d *Decoder) body(body hcl.Body, header hcl.Range, fields []Field, later ...string) hcl.Diagnostics {
	content, diags := body.Content(schema(fields, later))
	hintMisplaced(diags, fields)
	for _, name := range later {
		if a := content.Attributes[name]; a != nil {
			diags = append(diags, problem.NotYet(fmt.Sprintf("The argument %q", name)).At(a.NameRange)...)
		}
	}
	for _, b := range content.Blocks.OfType("dynamic") {
		diags = append(diags, problem.NotYet(fmt.Sprintf("The block %q", b.Type)).At(b.TypeRange)...)
	}
	for _, f := range fields {
		if f.IsBlock {
			diags = append(diags, d.blocks(f, content.Blocks.OfType(f.Name))...)
			continue
		}
		diags = append(diags, d.attribute(f, content.Attributes[f.Name], header)...)
	}
	return diags
}

func (d *Decoder) attribute(f Field, attr *hcl.Attribute, header hcl.Range) hcl.Diagnostics {
	diags := d.value(f, attr, header)
	if diags.HasErrors() {
		d.Failed[f.Path] = true
	}
	return diags
}

func (d *Decoder) value(f Field, attr *hcl.Attribute, header hcl.Range) hcl.Diagnostics {
	if attr == nil {
		return f.missing(header)
	}
	d.ranges[f.Path] = attr.Expr.Range()
	if f.isList() {
		if written, not := hcl.ExprList(attr.Expr); !not.HasErrors() {
			return d.elements(f, written)
		}
	}
	v, diags := d.eval(f.Path, attr.Expr)
	switch {
	case diags.HasErrors():
		return diags
	case !v.IsWhollyKnown():
		d.Failed[f.Path] = true // the error was reported where the value comes from
		return diags
	case v.IsNull():
		delete(d.ranges, f.Path) // as if it were not written
		return append(diags, f.missing(attr.Expr.Range())...)
	case f.isMap():
		return append(diags, d.setMap(f, v, attr.Expr.Range())...)
	case f.isList():
		return append(diags, d.setSlice(f, v, attr.Expr.Range())...)
	}
	return append(diags, d.set(f, v, attr.Expr.Range())...)
}

// eval evaluates the attribute at a path.
func (d *Decoder) eval(path string, expr hcl.Expression) (cty.Value, hcl.Diagnostics) {
	v, diags := d.Scope.Eval(expr)
	w := written{value: v, plain: len(expr.Variables()) == 0, keys: map[string]bool{}}
	pairs, _ := hcl.ExprMap(expr)
	for _, pair := range pairs {
		w.keys[hcl.ExprAsKeyword(pair.Key)] = true
	}
	d.values[path] = w
	return v, diags
}

// elements decodes a list that is written out: each element has its own place
// and its own problems.
func (d *Decoder) elements(f Field, written []hcl.Expression) hcl.Diagnostics {
	f.Value.Set(reflect.MakeSlice(f.Value.Type(), len(written), len(written)))
	var diags hcl.Diagnostics
	for i, expr := range written {
		e := f.element(i)
		d.ranges[e.Path] = expr.Range()
		v, more := d.eval(e.Path, expr)
		diags = append(diags, more...)
		switch {
		case more.HasErrors():
		case !v.IsWhollyKnown():
			d.Failed[f.Path] = true
		default:
			diags = append(diags, d.set(e, v, expr.Range())...)
		}
	}
	return diags
}

func (d *Decoder) blocks(f Field, found hcl.Blocks) hcl.Diagnostics {
	if f.Value.Kind() == reflect.Slice {
		return d.repeated(f, found)
	}
	if len(found) == 0 {
		return nil
	}
	if f.Value.IsNil() {
		f.Value.Set(reflect.New(f.Value.Type().Elem()))
	}
	d.ranges[f.Path] = found[0].DefRange
	diags := d.body(found[0].Body, found[0].DefRange, Fields(f.Value.Elem(), f.Path+"."))
	for _, b := range found[1:] {
		diags = append(diags, problem.Problem{
			Summary: "Duplicate block",
			Detail:  fmt.Sprintf("There is one %q block at most in a %s.", f.Name, d.Block.Type),
		}.Between(b.DefRange, found[0].DefRange)...)
	}
	return diags
}

func (d *Decoder) repeated(f Field, found hcl.Blocks) hcl.Diagnostics {
	var diags hcl.Diagnostics
	f.Value.Set(reflect.MakeSlice(f.Value.Type(), len(found), len(found)))
	for i, b := range found {
		path := fmt.Sprintf("%s[%d]", f.Path, i)
		d.ranges[path] = b.DefRange
		diags = append(diags, d.body(b.Body, b.DefRange, Fields(f.Value.Index(i), path+"."))...)
	}
	return diags
}
