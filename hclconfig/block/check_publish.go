package block

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// trustInPlace reports destinations where a set without a manifest would count,
// although a set that is being uploaded or deleted has no manifest either.
func (in *Decoded) trustInPlace() hcl.Diagnostics {
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

// trashInPlace reports trash_keep at destinations without a trash folder.
func (in *Decoded) trashInPlace() hcl.Diagnostics {
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
func (in *Decoded) trashBeforeUploads() hcl.Diagnostics {
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
