package decode

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// hintMisplaced adds to the diagnostics of a body, for each argument that belongs in one
// of its blocks, which one that is.
func hintMisplaced(diags hcl.Diagnostics, fields []Field) {
	for _, d := range diags {
		var name string
		if _, err := fmt.Sscanf(d.Detail, "An argument named %q", &name); err != nil {
			continue
		}
		in := slices.IndexFunc(fields, func(f Field) bool {
			return f.IsBlock && slices.ContainsFunc(Fields(reflect.New(f.Value.Type().Elem()).Elem(), ""), func(inner Field) bool { return inner.Name == name })
		})
		if in >= 0 {
			d.Extra = problem.Extra{Hint: fmt.Sprintf("write it in the %[1]s block: %[1]s { %[2]s = ... }", fields[in].Name, name)}
		}
	}
}
