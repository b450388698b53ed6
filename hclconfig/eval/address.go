package eval

import (
	"reflect"

	"github.com/zclconf/go-cty/cty"
)

// Address names a block that others refer to: source.local.vmexplorer,
// retention.standard.
type Address struct {
	Kind string // "source", "destination" or "retention"
	Type string // first label; "" for blocks without a type
	Name string
}

// NewAddress reads the steps after the kind: name, or type and name.
func NewAddress(kind string, steps []string) Address {
	a := Address{Kind: kind, Name: steps[len(steps)-1]}
	if len(steps) == 2 {
		a.Type = steps[0]
	}
	return a
}

func (a Address) String() string {
	if a.Type == "" {
		return a.Kind + "." + a.Name
	}
	return a.Kind + "." + a.Type + "." + a.Name
}

// AddressType is the type of references between blocks. They are values, so
// that they pass through locals, lists, sets and conditionals.
var AddressType = cty.CapsuleWithOps("reference to a block", reflect.TypeFor[Address](), &cty.CapsuleOps{
	RawEquals: func(a, b any) bool { return *a.(*Address) == *b.(*Address) },
	HashKey:   func(v any) string { return v.(*Address).String() },
})

// Forms are the kinds of blocks that others refer to, with the form of
// such a reference.
var Forms = map[string]string{
	"source":      "source.TYPE.NAME",
	"destination": "destination.TYPE.NAME",
	"retention":   "retention.NAME",
}

// addressValues gives each kind an object of its blocks, by type and name.
func addressValues(all []Address) map[string]cty.Value {
	out := map[string]cty.Value{}
	for kind := range Forms {
		out[kind] = kindValue(kind, all)
	}
	return out
}

func kindValue(kind string, all []Address) cty.Value {
	byType := map[string]map[string]cty.Value{}
	for _, a := range all {
		if a.Kind != kind {
			continue
		}
		if byType[a.Type] == nil {
			byType[a.Type] = map[string]cty.Value{}
		}
		byType[a.Type][a.Name] = cty.CapsuleVal(AddressType, &a)
	}
	out := map[string]cty.Value{}
	for typ, names := range byType {
		if typ == "" {
			return cty.ObjectVal(names)
		}
		out[typ] = cty.ObjectVal(names)
	}
	return cty.ObjectVal(out)
}
