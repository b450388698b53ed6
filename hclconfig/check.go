package hclconfig

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/decode"
	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/hclconfig/scalar"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// check reports contradictions between the blocks of the Spec.
func (in *decoded) check() hcl.Diagnostics {
	var diags hcl.Diagnostics
	diags = append(diags, in.samePlaces()...)
	diags = append(diags, in.overlaps()...)
	diags = append(diags, in.lossyLayouts()...)
	diags = append(diags, in.layoutsInWorkDir()...)
	diags = append(diags, in.trustInPlace()...)
	diags = append(diags, in.trashInPlace()...)
	diags = append(diags, in.trashBeforeUploads()...)
	diags = append(diags, in.claims()...)
	return diags
}

// warnWithoutBackups warns of a valid configuration that does nothing.
func (in *decoded) warnWithoutBackups() hcl.Diagnostics {
	if len(in.Spec.Backups) > 0 {
		return nil
	}
	return problem.Warnings(problem.Problem{
		Summary: "Nothing to do",
		Detail:  "The configuration has no backup block: nothing is copied and nothing is rotated.",
		Hint:    `write a backup "NAME" block with source, destinations and retention`,
	}.Nowhere())
}

// samePlaces reports two destinations that are one: each would count and
// rotate the sets of the other.
func (in *decoded) samePlaces() hcl.Diagnostics {
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
func (in *decoded) overlaps() hcl.Diagnostics {
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

// layoutsInWorkDir reports layouts that put sets into the work folder, where nothing
// is read as a set.
func (in *decoded) layoutsInWorkDir() hcl.Diagnostics {
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

// trustInPlace reports destinations where a set without a manifest would count,
// although a set that is being uploaded or deleted has no manifest either.
func (in *decoded) trustInPlace() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i, d := range in.Spec.Destinations {
		if d.Publish != config.InPlace || !d.TrustUnmarked {
			continue
		}
		diags = append(diags, problem.Problem{
			Summary: "Unmarked sets cannot be trusted here",
			Detail: fmt.Sprintf("Destination %q has publish = \"in_place\", where only the manifest distinguishes a complete set from a partial one: sets without a manifest never count.",
				d.Name),
			Hint: "leave out trust_unmarked; where the server can rename folders, leave out publish instead",
		}.Between(in.destinations[i].RangeOf("trust_unmarked"), in.destinations[i].RangeOf("publish"))...)
	}
	return diags
}

// lossyLayouts reports destinations where two sets of a source could get one
// name.
func (in *decoded) lossyLayouts() hcl.Diagnostics {
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

func (in *decoded) lossyLayout(dst, src int) hcl.Diagnostics {
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

// claim is a backup's claim to some VMs, at one source or destination.
type claim struct{ place, pattern string }

// claims reports VMs that two backups claim with equal priority: the same pattern
// of one source, or the same name at one destination. Different patterns that
// match one VM are found when the VMs are known.
func (in *decoded) claims() hcl.Diagnostics {
	var diags hcl.Diagnostics
	first := map[claim]int{}
	for i, b := range in.Spec.Backups {
		for k, pattern := range b.VMs {
			for _, c := range claimsOf(b, pattern) {
				j, seen := first[c]
				switch {
				case !seen:
					first[c] = i
				case i != j:
					diags = append(diags, in.conflictingClaims(c, i, k, j)...)
				}
			}
		}
	}
	return diags
}

func claimsOf(b config.Backup, pattern string) []claim {
	out := []claim{{"source " + b.Source, pattern}}
	if scalar.VMPattern(pattern).Literal() {
		for _, c := range b.Copies {
			out = append(out, claim{"destination " + c.Destination, pattern})
		}
	}
	return out
}

func (in *decoded) conflictingClaims(c claim, backup, pattern, other int) hcl.Diagnostics {
	theirs := slices.Index(in.Spec.Backups[other].VMs, c.pattern)
	return problem.Problem{
		Summary: "VMs claimed twice",
		Detail: fmt.Sprintf("The backups %q and %q both claim %q of %s.",
			in.Spec.Backups[other].Name, in.Spec.Backups[backup].Name, c.pattern, c.place),
		Hint: "name the VMs of one of them in vms; an exact name wins over a pattern, and a longer pattern over a shorter one",
	}.Between(
		in.backups[backup].RangeOf(fmt.Sprintf("vms[%d]", pattern)),
		in.backups[other].RangeOf(fmt.Sprintf("vms[%d]", theirs)),
	)
}

// trashInPlace reports trash_keep at destinations without a trash folder.
func (in *decoded) trashInPlace() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i, d := range in.Spec.Destinations {
		if d.TrashKeep == 0 || d.Publish != config.InPlace {
			continue
		}
		diags = append(diags, problem.Problem{
			Summary: "No trash at this destination",
			Detail:  fmt.Sprintf("Destination %q has publish = \"in_place\", where sets are deleted file by file: nothing is moved to trash.", d.Name),
			Hint:    "leave out trash_keep; where the server can rename folders, leave out publish instead",
		}.Between(in.destinations[i].RangeOf("trash_keep"), in.destinations[i].RangeOf("publish"))...)
	}
	return diags
}

// trashBeforeUploads warns of deletes before uploads that free no space.
func (in *decoded) trashBeforeUploads() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i, b := range in.Spec.Backups {
		for _, c := range b.Copies {
			if d, _ := in.Spec.Destination(c.Destination); c.Order == config.DeleteFirst && d.TrashKeep > 0 {
				diags = append(diags, problem.Warnings(problem.Problem{
					Summary: "Deletes that free no space",
					Detail:  fmt.Sprintf("Backup %q deletes first at %q, but trash_keep = %s keeps the deleted sets there.", b.Name, d.Name, providers.Duration(d.TrashKeep)),
					Hint:    "leave out trash_keep or order",
				}.At(in.backups[i].Block.DefRange))...)
			}
		}
	}
	return diags
}
