package hclconfig

import (
	"fmt"
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// decoder fills structs with hcl tags from the body of one block.
type decoder struct {
	attributes
	scope *scope
	dir   string // relative paths are relative to it
}

// decode fills the targets, pointers to structs whose attributes share the
// body of block.
func (d *decoder) decode(targets ...any) hcl.Diagnostics {
	var fields []field
	for _, t := range targets {
		fields = append(fields, fieldsOf(reflect.ValueOf(t).Elem(), "")...)
	}
	return d.body(d.block.Body, d.block.DefRange, fields, later[d.block.Type]...)
}

func (d *decoder) body(body hcl.Body, header hcl.Range, fields []field, later ...string) hcl.Diagnostics {
	content, diags := body.Content(schema(fields, later))
	hintMisplaced(diags, fields)
	for _, name := range later {
		if a := content.Attributes[name]; a != nil {
			diags = append(diags, notYet(fmt.Sprintf("The argument %q", name)).at(a.NameRange)...)
		}
	}
	for _, b := range content.Blocks.OfType("dynamic") {
		diags = append(diags, notYet(fmt.Sprintf("The block %q", b.Type)).at(b.TypeRange)...)
	}
	for _, f := range fields {
		if f.isBlock {
			diags = append(diags, d.blocks(f, content.Blocks.OfType(f.name))...)
			continue
		}
		diags = append(diags, d.attribute(f, content.Attributes[f.name], header)...)
	}
	return diags
}

func (d *decoder) attribute(f field, attr *hcl.Attribute, header hcl.Range) hcl.Diagnostics {
	diags := d.value(f, attr, header)
	if diags.HasErrors() {
		d.failed[f.path] = true
	}
	return diags
}

func (d *decoder) value(f field, attr *hcl.Attribute, header hcl.Range) hcl.Diagnostics {
	if attr == nil {
		return f.missing(header)
	}
	d.ranges[f.path] = attr.Expr.Range()
	if f.isList() {
		if written, not := hcl.ExprList(attr.Expr); !not.HasErrors() {
			return d.elements(f, written)
		}
	}
	v, diags := d.eval(f.path, attr.Expr)
	switch {
	case diags.HasErrors():
		return diags
	case !v.IsWhollyKnown():
		d.failed[f.path] = true // the error was reported where the value comes from
		return diags
	case v.IsNull():
		delete(d.ranges, f.path) // as if it were not written
		return append(diags, f.missing(attr.Expr.Range())...)
	case f.isMap():
		return append(diags, d.setMap(f, v, attr.Expr.Range())...)
	case f.isList():
		return append(diags, d.setSlice(f, v, attr.Expr.Range())...)
	}
	return append(diags, d.set(f, v, attr.Expr.Range())...)
}

// eval evaluates the attribute at a path.
func (d *decoder) eval(path string, expr hcl.Expression) (cty.Value, hcl.Diagnostics) {
	v, diags := d.scope.eval(expr)
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
func (d *decoder) elements(f field, written []hcl.Expression) hcl.Diagnostics {
	f.value.Set(reflect.MakeSlice(f.value.Type(), len(written), len(written)))
	var diags hcl.Diagnostics
	for i, expr := range written {
		e := f.element(i)
		d.ranges[e.path] = expr.Range()
		v, more := d.eval(e.path, expr)
		diags = append(diags, more...)
		switch {
		case more.HasErrors():
		case !v.IsWhollyKnown():
			d.failed[f.path] = true
		default:
			diags = append(diags, d.set(e, v, expr.Range())...)
		}
	}
	return diags
}

func (d *decoder) blocks(f field, found hcl.Blocks) hcl.Diagnostics {
	if f.value.Kind() == reflect.Slice {
		return d.repeated(f, found)
	}
	if len(found) == 0 {
		return nil
	}
	if f.value.IsNil() {
		f.value.Set(reflect.New(f.value.Type().Elem()))
	}
	d.ranges[f.path] = found[0].DefRange
	diags := d.body(found[0].Body, found[0].DefRange, fieldsOf(f.value.Elem(), f.path+"."))
	for _, b := range found[1:] {
		diags = append(diags, problem{
			summary: "Duplicate block",
			detail:  fmt.Sprintf("There is one %q block at most in a %s.", f.name, d.block.Type),
		}.between(b.DefRange, found[0].DefRange)...)
	}
	return diags
}

func (d *decoder) repeated(f field, found hcl.Blocks) hcl.Diagnostics {
	var diags hcl.Diagnostics
	f.value.Set(reflect.MakeSlice(f.value.Type(), len(found), len(found)))
	for i, b := range found {
		path := fmt.Sprintf("%s[%d]", f.path, i)
		d.ranges[path] = b.DefRange
		diags = append(diags, d.body(b.Body, b.DefRange, fieldsOf(f.value.Index(i), path+"."))...)
	}
	return diags
}
