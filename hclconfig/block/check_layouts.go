package block

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/state/config"
)

// layoutsInWorkDir reports layouts that put sets into the work folder, where nothing
// is read as a set.
func (in *Decoded) layoutsInWorkDir() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i, d := range in.Spec.Destinations {
		if top, _, _ := strings.Cut(d.Layout.String(), "/"); top != d.WorkDir {
			continue
		}
		diags = append(diags, problem.Problem{
			Summary: "Layout inside the work folder",
			Detail:  fmt.Sprintf("The layout %s of destination %q puts sets into %s, the work folder, where vmxsync looks for no sets.", d.Layout, d.Name, d.WorkDir),
			Hint:    "choose another first folder for the layout, or another work_dir",
		}.At(in.destinations[i].RangeOf("layout"))...)
	}
	return diags
}

// lossyLayouts reports destinations where two sets of a source could get one
// name.
func (in *Decoded) lossyLayouts() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, b := range in.Spec.Backups {
		i := slices.IndexFunc(in.Spec.Sources, func(s config.Source) bool { return s.Name == b.Source })
		if i < 0 {
			continue // had errors
		}
		for _, c := range b.Copies {
			j := slices.IndexFunc(in.Spec.Destinations, func(d config.Destination) bool { return d.Name == c.Destination })
			if j >= 0 {
				diags = append(diags, in.lossyLayout(j, i)...)
			}
		}
	}
	return diags
}

func (in *Decoded) lossyLayout(dst, src int) hcl.Diagnostics {
	to, from := in.Spec.Destinations[dst], in.Spec.Sources[src]
	if to.Layout.Keeps(from.Layout) {
		return nil
	}
	return problem.Problem{
		Summary: "Layout loses part of the time",
		Detail: fmt.Sprintf("Destination %q has the layout %q, and the names of source %q contain more of the time: %q. Two sets could get the same name.",
			to.Name, to.Layout, from.Name, from.Layout),
		Hint: "use every field of the source's layout in the destination's too",
	}.Between(in.destinations[dst].RangeOf("layout"), in.sources[src].RangeOf("layout"))
}
