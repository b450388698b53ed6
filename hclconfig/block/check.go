package block

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// Check reports contradictions between the blocks of the Spec.
func (in *Decoded) Check() hcl.Diagnostics {
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

// WarnWithoutBackups warns of a valid configuration that does nothing.
func (in *Decoded) WarnWithoutBackups() hcl.Diagnostics {
	if len(in.Spec.Backups) > 0 {
		return nil
	}
	return problem.Warnings(problem.Problem{
		Summary: "Nothing to do",
		Detail:  "The configuration has no backup block: nothing is copied and nothing is rotated.",
		Hint:    `write a backup "NAME" block with source, destinations and retention`,
	}.Nowhere())
}
