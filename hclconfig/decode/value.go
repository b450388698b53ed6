package decode

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/funcs"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// setMap stores the values of an object or a map.
func (d *Decoder) setMap(f Field, v cty.Value, r hcl.Range) hcl.Diagnostics {
	if ty := v.Type(); !ty.IsObjectType() && !ty.IsMapType() {
		p := wrongType(f, "a map", v)
		p.Hint = fmt.Sprintf(`write %s = { NAME = "value" }`, f.Name)
		return p.At(r)
	}
	var diags hcl.Diagnostics
	f.Value.Set(reflect.MakeMap(f.Value.Type()))
	values := v.AsValueMap()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		one := reflect.New(f.Value.Type().Elem()).Elem()
		diags = append(diags, d.set(Field{Name: f.Name, Path: f.Path + "." + name, Value: one}, values[name], r)...)
		f.Value.SetMapIndex(reflect.ValueOf(name), one)
	}
	return diags
}

// setSlice stores the elements of a list that an expression made.
func (d *Decoder) setSlice(f Field, v cty.Value, r hcl.Range) hcl.Diagnostics {
	if f.orOne && (v.Type() == cty.String || v.Type() == eval.AddressType) {
		v = cty.TupleVal([]cty.Value{v})
	}
	if ty := v.Type(); !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() {
		return notAList(f, v).At(r)
	}
	elements := v.AsValueSlice()
	f.Value.Set(reflect.MakeSlice(f.Value.Type(), len(elements), len(elements)))
	var diags hcl.Diagnostics
	for i, e := range elements {
		diags = append(diags, d.set(f.element(i), e, r)...)
	}
	return diags
}

// set stores a known value in a field that is no list.
func (d *Decoder) set(f Field, v cty.Value, r hcl.Range) hcl.Diagnostics {
	if p := d.setOne(f, v, r); p != nil {
		return p.At(r)
	}
	return nil
}

func (d *Decoder) setOne(f Field, v cty.Value, r hcl.Range) *problem.Problem {
	if v.IsNull() {
		return wrongType(f, "a value", v)
	}
	switch target := f.Value.Addr().Interface().(type) {
	case *providers.Reference:
		return d.setReference(f, target, v)
	case *config.Value:
		return d.setValue(f, target, v, r)
	case *eval.Address:
		return setAddress(f, target, v)
	}
	switch {
	case funcs.HoldsReference(v):
		return referenceAsValue(f)
	case holdsAddress(v):
		return wrongType(f, "a plain value", v)
	}
	return d.setPlain(f, v, r)
}
