package block

import (
	"fmt"
	"regexp"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/eval"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// rootSchema is every block of the language.
func rootSchema() *hcl.BodySchema {
	var s hcl.BodySchema
	for _, k := range Kinds {
		s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: k.Type, LabelNames: k.Labels})
	}
	return &s
}

// Blocks are the blocks of all files by kind, in the order of the files.
type Blocks map[string][]*hcl.Block

// Collect sorts what is in the bodies of files.
func Collect(bodies []hcl.Body) (Blocks, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	all := Blocks{}
	for _, body := range bodies {
		content, more := body.Content(rootSchema())
		diags = append(diags, more...)
		for _, b := range content.Blocks {
			all[b.Type] = append(all[b.Type], b)
		}
	}
	return all, diags
}

var goodName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// CheckNames reports names that cannot be referred to, and two blocks of one
// kind with one name: also of two types, because addresses hold no type.
func (all Blocks) CheckNames() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, k := range Kinds {
		kind, first := k.Type, map[string]*hcl.Block{}
		for _, b := range all[kind] {
			if len(k.Labels) == 0 {
				break
			}
			name := b.Labels[len(b.Labels)-1]
			if !goodName.MatchString(name) {
				diags = append(diags, badName(kind, name).At(b.LabelRanges[len(b.LabelRanges)-1])...)
			}
			if kind == "notify" { // nobody refers to it
				name = b.Labels[0] + " " + name
			}
			if other := first[name]; other != nil {
				diags = append(diags, twice(kind, name).Between(b.DefRange, other.DefRange)...)
				continue
			}
			first[name] = b
		}
	}
	return append(diags, all.checkSingle()...)
}

// checkSingle reports blocks that a configuration has once at most.
func (all Blocks) checkSingle() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, k := range Kinds {
		kind, found := k.Type, all[k.Type]
		for i, b := range found {
			if i == 0 || !k.Once {
				continue
			}
			diags = append(diags, problem.Problem{
				Summary: "Duplicate " + kind + " block",
				Detail:  fmt.Sprintf("A configuration has one %s block at most.", kind),
			}.Between(b.DefRange, found[0].DefRange)...)
		}
	}
	return diags
}

func badName(kind, name string) *problem.Problem {
	return &problem.Problem{
		Summary: "Invalid name",
		Detail:  fmt.Sprintf("%q cannot name a %s: a name begins with a letter or an underscore and has only letters, digits, underscores and dashes.", name, kind),
	}
}

func twice(kind, name string) *problem.Problem {
	p := &problem.Problem{
		Summary: "Duplicate " + kind,
		Detail:  fmt.Sprintf("Two %s blocks have the name %q.", kind, name),
	}
	if kind == "destination" || kind == "source" {
		p.Detail += " Names are unique over all types."
	}
	return p
}

// Addresses are all blocks that can be referred to.
func (all Blocks) Addresses() []eval.Address {
	var out []eval.Address
	for _, k := range Kinds {
		if eval.Forms[k.Type] == "" {
			continue
		}
		for _, b := range all[k.Type] {
			out = append(out, eval.NewAddress(k.Type, b.Labels))
		}
	}
	return out
}
