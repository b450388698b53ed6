package notice

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state/wording"

	"github.com/vmxsync/vmxsync/state"
)

// The notices of sets at a destination that a plan leaves as they are, or will work on later.
var (
	OddName = Kind{Code: "odd-name", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.Count(t.Items, "name") + " cannot be used" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s cannot be used and %s left alone. %s Rename or delete %s at the destination by hand.", wording.Count(t.Items, "name"), wording.Are(t.Items), t.Each(), wording.Them(t.Items))
		}}
	Rests = Kind{Code: "rests", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s left out (%s), because -target or -exclude leaves out an upload that %s on.",
			wording.Count(t.Items, "delete")+wording.Pick(t.Items, " was", " were"), t.First.Item, wording.Pick(t.Items, "it depends", "they depend"))
	}}
	Room = Kind{Code: "room", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("nothing more is deleted before the uploads of %s: an earlier apply made room for them, and none has arrived since. %s", t.Whose(), t.Each())
	}}
	NotDestroyed = Kind{Code: "not-destroyed", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " not destroyed" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s not destroyed. %s", wording.CountIs(t.Items, "set"), t.Each())
		}}
	NotAdopted = Kind{Code: "not-adopted", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " not adopted" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s not adopted. %s", wording.CountIs(t.Items, "set"), t.Each())
		}}
	Unmarked = Kind{Code: "unmarked", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s unmarked (%s): kept, not counted, never rotated. To take them over: vmxsync plan -adopt=\"%s/*\" -out=plan.out",
			t.sets(), state.FormatBytes(t.Bytes), t.First.Place)
	}}
	Untrusted = Kind{Code: "untrusted", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s unmarked and cannot be trusted yet (%s): younger than settle, empty, unlike the local set, or possibly a link. Kept, not counted.",
			t.sets(), state.FormatBytes(t.Bytes))
	}}
	Half = Kind{Code: "half", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "half upload") + " in the way" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s unmarked and %s like a half upload of another tool (%s): left alone. It blocks the local set, because publish = \"in_place\" cannot move it to trash. Delete it by hand.",
				t.sets(), wording.Pick(t.Items, "looks", "look"), t.First.Item)
		}}
	Stranded = Kind{Code: "stranded", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " only in staging" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s complete in staging (%s) and no longer at any source: kept there, not counted, because publish = \"in_place\" renames no folders. Copy it back to a source, or delete it in staging by hand.",
				t.sets(), t.First.Item)
		}}
	Outgoing = Kind{Code: "outgoing", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "delete") + " interrupted" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("the deletion of %s was interrupted (%s), and this plan cannot resume it: not counted. To delete the rest: vmxsync plan -destroy -target=%s -out=plan.out",
				wording.Count(t.Items, "set")+" of "+wording.Count(len(t.VMs), "VM"), t.First.Item, t.address())
		}}
	NotUploaded = Kind{Code: "not-uploaded", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s not uploaded: no rule would keep %s (%s: %s).%s", t.local(), wording.Them(t.Items), t.First.Item, t.First.Why,
			wording.Pick(t.Items, "", " For the reason per set: vmxsync retention explain VM"))
	}}
	Postponed = Kind{Code: "postponed", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s for a later plan, because the quota has no room for all of them (%s). The newest set of each VM comes first.",
			wording.Count(t.Items, "local set")+wording.Pick(t.Items, " waits", " wait"), t.First.Item)
	}}
	Trash = Kind{Code: "trash", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("%s of %s in trash (%s), for trash_keep = %s.", wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM")+" "+wording.Pick(t.Items, "is", "are"), state.FormatBytes(t.Bytes), t.First.Why)
	}}
	Stuck = Kind{Code: "stuck", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.Count(t.Items, "folder") + " in trash cannot be deleted" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s in trash cannot be deleted, because %s a link or another thing that vmxsync never enters or deletes. Check where it leads, and delete it by hand. %s",
				wording.Count(t.Items, "folder"), wording.Pick(t.Items, "it contains", "they contain"), t.Each())
		}}
	Accepted = Kind{Code: "accepted", Class: NoteClass, Text: func(t *Tally) string {
		return fmt.Sprintf("-accept: %s accepted once this plan is applied. %s", wording.CountIs(t.Items, "set"), t.Each())
	}}
)
