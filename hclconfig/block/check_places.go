package block

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// samePlaces reports two destinations that are one: each would count and
// rotate the sets of the other.
func (in *Decoded) samePlaces() hcl.Diagnostics {
	var diags hcl.Diagnostics
	first := map[string]int{}
	for i, d := range in.Spec.Destinations {
		place := d.Settings.Place()
		j, seen := first[place]
		if !seen {
			first[place] = i
			continue
		}
		diags = append(diags, problem.Problem{
			Summary: "Two destinations in one place",
			Detail:  fmt.Sprintf("%q and %q are both %s.", in.Spec.Destinations[j].Name, d.Name, place),
			Hint:    "give each a root of its own, or use one destination in both backups",
		}.Between(in.destinations[i].Block.DefRange, in.destinations[j].Block.DefRange)...)
	}
	return diags
}

// overlaps reports destinations inside or around a source: their sets would be
// read as backups.
func (in *Decoded) overlaps() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i, dst := range in.Spec.Destinations {
		to, toName := decode.LocalRoot(dst.Settings)
		for j, src := range in.Spec.Sources {
			from, fromName := decode.LocalRoot(src.Settings)
			if to == "" || from == "" || !overlap(to, from) {
				continue
			}
			diags = append(diags, problem.Problem{
				Summary: "Destination overlaps a source",
				Detail:  fmt.Sprintf("Destination %q (%s) and source %q (%s): the folders are the same, or one contains the other, and its sets would be read as backups.", dst.Name, to, src.Name, from),
				Hint:    "choose a folder beside the source",
			}.Between(in.destinations[i].RangeOf(toName), in.sources[j].RangeOf(fromName))...)
		}
	}
	return diags
}

// overlap reports whether two absolute paths are the same, or one is inside the
// other, by their names alone: links are not followed.
func overlap(a, b string) bool { return inside(a, b) || inside(b, a) }

func inside(path, dir string) bool {
	if runtime.GOOS == "windows" {
		path, dir = strings.ToLower(path), strings.ToLower(dir)
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
