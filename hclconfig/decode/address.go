package decode

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

func setAddress(f Field, target *eval.Address, v cty.Value) *problem.Problem {
	kind := kindOf(f)
	if v.Type() != eval.AddressType {
		p := wrongType(f, "a reference to a "+kind, v)
		p.Hint = fmt.Sprintf("write it without quotes: %s", eval.Forms[kind])
		return p
	}
	a := *v.EncapsulatedValue().(*eval.Address)
	if a.Kind != kind {
		return &problem.Problem{
			Summary: "Wrong kind of reference",
			Detail:  fmt.Sprintf("The argument %q needs a reference to a %s, and %s is a %s.", f.Name, kind, a, a.Kind),
		}
	}
	*target = a
	return nil
}

// kindOf is the kind of block that a field refers to, mostly its name.
func kindOf(f Field) string {
	switch f.Name {
	case "prune_source":
		return "retention"
	case "from":
		return "destination"
	}
	return strings.TrimSuffix(f.Name, "s")
}

func holdsAddress(v cty.Value) bool { return v.Type() == eval.AddressType }
