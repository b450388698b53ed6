package hclconfig

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// hintMisplaced adds to the diagnostics of a body, for each argument that belongs in one
// of its blocks, which one that is.
func hintMisplaced(diags hcl.Diagnostics, fields []field) {
	for _, d := range diags {
		var name string
		if _, err := fmt.Sscanf(d.Detail, "An argument named %q", &name); err != nil {
			continue
		}
		in := slices.IndexFunc(fields, func(f field) bool {
			return f.isBlock && slices.ContainsFunc(fieldsOf(reflect.New(f.value.Type().Elem()).Elem(), ""), func(inner field) bool { return inner.name == name })
		})
		if in >= 0 {
			d.Extra = extra{hint: fmt.Sprintf("write it in the %[1]s block: %[1]s { %[2]s = ... }", fields[in].name, name)}
		}
	}
}
