package notice

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state/wording"
)

// The notices of a VM at a destination.
var (
	FutureDated = Kind{Code: "future-dated", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return "sets of " + wording.Count(len(t.VMs), "VM") + " are dated in the future"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("sets of %s are dated in the future: kept, not counted. Check the clocks. vmxsync list shows these sets, and vmxsync plan -destroy -target=ADDRESS -out=plan.out deletes one.", t.Whose())
		}}
	NoCandidate = Kind{Code: "no-candidate", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return "no set of " + wording.Count(len(t.VMs), "VM") + " counts" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("no set of %s counts: nothing of %s is deleted until one does. The reason per set: vmxsync retention explain VM", t.Whose(), wording.Them(len(t.VMs)))
		}}
	NotFresh = Kind{Code: "not-fresh", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(len(t.VMs), "VM") + wording.Pick(len(t.VMs), " has", " have") + " no fresh set"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s no fresh set. %s Does the backup program still run? A VM that is gone for good is listed in retired of its backup.",
				wording.Count(len(t.VMs), "VM")+wording.Pick(len(t.VMs), " has", " have"), t.Each())
		}}
	MaxAge = Kind{Code: "max_age", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("max_age is not enforced for %s: %s newest set is itself older.", t.Whose(), wording.Pick(len(t.VMs), "its", "their"))
	}}
	MaxSizePerVM = Kind{Code: "max_size_per_vm", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return "max_size_per_vm is not enforced for " + wording.Count(len(t.VMs), "VM") }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("max_size_per_vm is not enforced for %s: the size of a set is not known. Make it readable at the destination, or take max_size_per_vm out of the retention.", t.Whose())
		}}
	Orphan = Kind{Code: "orphan", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("no source holds %s: %s kept, not rotated. If a VM is gone for good, list it in retired of its backup: its sets are under retention then.",
			t.Whose(), wording.Count(t.Items, "set"))
	}}
	// Gone is a VM that is gone from its source, which held sets of it regularly: a part of
	// the source is not mounted, or the VM has come to its end. Where nothing is new for
	// longer than fresh_within, that is the warning.
	Gone = Kind{Code: "gone", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(len(t.VMs), "VM") + " gone from the source" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s gone from the source, which had new sets of %s regularly. %s Is all of the source mounted? A VM that is gone for good is listed in retired of its backup.",
				t.Whose()+wording.Pick(len(t.VMs), " is", " are"), wording.Them(len(t.VMs)), t.Each())
		}}
	Unassigned = Kind{Code: "unassigned", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("no backup sends %s here: %s kept, not rotated.", t.Whose(), wording.Count(t.Items, "set"))
	}}
	Pin = Kind{Code: "pin", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "pin") + wording.Pick(t.Items, " names", " name") + " no set"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s no set (%s): it protects nothing. Take the pin block out of the retention.", wording.Pick(t.Items, "a pin names", "pins name"), t.First.Item)
		}}
)
