package notice

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state/wording"
)

// The notices of how and when sets were proven.
var (
	NotProven = Kind{Code: "not-proven", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "set") + wording.Pick(t.Items, " was", " were") + " not proven in time"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s of %s %s not proven within verified_within. %s To prove what is due: vmxsync verify %s%s",
				wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM"), wording.Pick(t.Items, "was", "were"), t.Each(), t.First.Place, t.First.Also)
		}}
	UnreadProofs = Kind{Code: "unread-proofs", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return "the proofs of " + wording.Count(t.Items, "set") + " could not be read" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("the proofs of %s of %s could not be read, and whether verified_within holds is not known. %s To prove them again: vmxsync verify %s",
				wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM"), t.Each(), t.First.Place)
		}}
)
