package hclconfig

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// later is what the language specifies for one kind of block and this version
// does not support yet. What a driver has in its settings is supported.
type later struct{ attributes, blocks []string }

var laterIn = map[string]later{
	"destination": {
		attributes: []string{"for_each"},
	},
	"backup": {attributes: []string{"for_each"}},
}

// refuse reports what is in content but not in fields.
func (l later) refuse(content *hcl.BodyContent, fields []field) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, a := range content.Attributes {
		if !known(fields, a.Name) {
			diags = append(diags, notYet(fmt.Sprintf("The argument %q", a.Name)).at(a.NameRange)...)
		}
	}
	for _, b := range content.Blocks {
		if !known(fields, b.Type) {
			diags = append(diags, notYet(fmt.Sprintf("The block %q", b.Type)).at(b.TypeRange)...)
		}
	}
	return diags
}
