package block

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/vmxsync/vmxsync/hclconfig/problem"
)

// Check reports contradictions between the blocks of the Spec.
func (in *Decoded) Check() hcl.Diagnostics {
	return slices.Concat(
		in.samePlaces(), in.overlaps(), in.drillFolders(),
		in.lossyLayouts(), in.layoutsInWorkDir(),
		in.trustInPlace(), in.trashInPlace(), in.trashBeforeUploads(),
		in.claims(), in.serverProofs(),
	)
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
