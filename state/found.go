package state

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/state/known"
)

// A copy that was once read and found damaged looks as whole as before: names and
// sizes fit. So the record of the destination keeps what was found, and each
// reading judges by it.

// MarkFound marks those of the sets as damaged of which these findings are, as far as
// their manifests were read: a finding is of one manifest.
func (inv Inventory) MarkFound(findings []known.Finding) {
	for _, f := range findings {
		s, there := inv.Find(KeyOf(f.Key))
		if there && s.State == Complete && s.Manifest != nil && s.Manifest.Identity() == f.Manifest {
			s.State, s.Problem, s.Found = Damaged, FoundText(f), &f
			inv.Put(s)
		}
	}
}

// FoundText is in one line what was found of a set. It may hold hostile names.
func FoundText(f known.Finding) string {
	return fmt.Sprintf("%s did not match its checksum when it was read back on %s", f.File, f.At.Format(time.DateOnly))
}
