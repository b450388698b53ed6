package notice

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state/wording"
)

// The notices of what a source holds.
var (
	Unreadable = Kind{Code: "unreadable", Class: ErrorClass,
		Brief: func(t *Tally) string { return wording.Count(t.Items, "set") + " could not be read" },
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s could not be read. %s", wording.Count(t.Items, "set"), t.Each())
		}}
	NotBackedUp = Kind{Code: "not-backed-up", Class: ErrorClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(len(t.VMs), "VM") + " not backed up" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("the newest %s of %s %s not backed up. %s", wording.Pick(t.Items, "set", "sets"), t.Whose(), wording.Are(t.Items), t.Each())
		}}
	// NotApproved is NotBackedUp where what the upload waits for is not approved.
	NotApproved = Kind{Code: "not-backed-up", Class: ErrorClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(len(t.VMs), "VM") + " not backed up" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("the newest %s of %s %s not backed up. %s To see and approve the deletes: vmxsync apply", wording.Pick(t.Items, "set", "sets"), t.Whose(), wording.Are(t.Items), t.Each())
		}}
	Name = Kind{Code: "name", Class: ErrorClass,
		Brief: placed(func(t *Tally) string { return wording.Count(t.Items, "name") + " cannot be used" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s cannot be used and %s left alone. %s", wording.Count(t.Items, "name"), wording.Are(t.Items), t.Each())
		}}
	NewVM = Kind{Code: "new", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s new: no destination holds anything of %s yet.", t.Whose()+wording.Pick(len(t.VMs), " is", " are"), wording.Them(len(t.VMs)))
	}}
	Left = Kind{Code: "left", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("ignored files and their folder stay where a set is pruned. %s", t.Each())
	}}
	NotPruned = Kind{Code: "not-pruned", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s of %s would be pruned by prune_source, but %s kept. %s", wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM"), wording.Are(t.Items), t.Each())
	}}
	Aside = Kind{Code: "aside", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "folder") + " left of a prune" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s left of an interrupted prune, and %s kept: look at %s, and move or delete %s by hand. %s",
				wording.CountIs(t.Items, "folder"), wording.Are(t.Items), wording.Them(t.Items), wording.Them(t.Items), t.Each())
		}}
	Settling = Kind{Code: "settling", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s still being written (%s): younger than settle = %s.", wording.CountIs(t.Items, "set"), t.First.Item, t.First.Why)
	}}
	Awaited = Kind{Code: "awaited", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s not ready yet. %s", wording.CountIs(t.Items, "set"), t.Each())
	}}
	Overdue = Kind{Code: "overdue", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " not ready for more than a day" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s not ready for more than a day. %s Does the backup program still run? A set that it has given up can be deleted at the source.",
				wording.CountIs(t.Items, "set"), t.Each())
		}}
	// Unsettled is a set that is still being written though it was begun more than max_behind
	// ago: something touches it again and again, and it would never be sent.
	Unsettled = Kind{Code: "unsettled", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "set") + wording.Pick(t.Items, " never settles", " never settle")
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s still being written, more than max_behind after the time in %s: not sent until nothing has changed for settle. %s End what writes into it. If backups take that long, raise max_behind of its backup.",
				wording.CountIs(t.Items, "set"), wording.Pick(t.Items, "its name", "their names"), t.Each())
		}}
	NotReady = Kind{Code: "not-ready", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s not ready, and %s a newer set. %s", wording.CountIs(t.Items, "set"), wording.Pick(t.Items, "its VM has", "their VMs have"), t.Each())
	}}
	LacksDisk = Kind{Code: "lacks-disk", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "set") + wording.Pick(t.Items, " lacks", " lack") + " a disk"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s a disk that its .vmx names. %s If that disk is not backed up on purpose, write its name into ignore of the source.",
				wording.Count(t.Items, "set")+wording.Pick(t.Items, " lacks", " lack"), t.Each())
		}}
	Unmatched = Kind{Code: "unmatched", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(len(t.VMs), "VM") + " in no backup" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("no backup matches %s: nothing of %s is backed up. Add %s to vms of a backup, or to exclude.", t.Whose(), wording.Them(len(t.VMs)), wording.Them(len(t.VMs)))
		}}
	// Unheld is a VM that a backup names and of which no place has a set: a typo, or a VM
	// that the backup program does not know. No apply would ever upload a set of it, and none
	// would fail.
	Unheld = Kind{Code: "unheld", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return "no set of " + wording.Count(len(t.VMs), "VM") + " in vms" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s named in vms, and neither the source nor a destination holds a set of %s. Is the name right, and does the backup program know %s? Take a VM that is not there out of vms of its backup.",
				t.Whose()+wording.Pick(len(t.VMs), " is", " are"), wording.Them(len(t.VMs)), wording.Them(len(t.VMs)))
		}}
	Returned = Kind{Code: "returned", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(len(t.VMs), "retired VM") + " at the source again" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s listed in retired, but at the source again: backed up like any other VM. Take %s out of retired.", t.Whose()+wording.Pick(len(t.VMs), " is", " are"), wording.Them(len(t.VMs)))
		}}
	Unsupported = Kind{Code: "unsupported", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "backup") + " of an unsupported form" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s where the folder of a set should be (%s): such backups are not supported. Move them out of the source.", wording.CountIs(t.Items, "file"), t.First.Item)
		}}
	Reserved = Kind{Code: "reserved", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s uploaded with names that Windows cannot store, and could not be restored there. %s", wording.CountIs(t.Items, "set"), t.Each())
	}}
)
