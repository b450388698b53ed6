package notice

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state/wording"

	"github.com/vmxsync/vmxsync/diff/flags"
)

// The notices of sets at a destination that no longer count.
var (
	Damaged = Kind{Code: "damaged", Class: ErrorClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " damaged" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s damaged: kept, not counted. %s%s %s",
				t.sets(), t.Each(), t.also(), t.mend())
		}}
	Stripped = Kind{Code: "stripped", Class: ErrorClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "set") + wording.Pick(t.Items, " has lost its", " have lost their") + " manifest"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s of %s %s manifest: kept, not counted. %s Give one whose files are whole a new manifest, with vmxsync plan -adopt=%s -out=plan.out, or delete it, with vmxsync plan -destroy -target=%s -out=plan.out.",
				wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM"), wording.Pick(t.Items, "has lost its", "have lost their"), t.Each(), t.address(), t.address())
		}}
	Displaced = Kind{Code: "displaced", Class: ErrorClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " " + misplaced(t) }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s %s: kept, not counted. %s Was a folder renamed or copied at the destination? Move %s back by hand; or, if nobody needs %s: vmxsync plan -destroy -target=%s -out=plan.out",
				t.sets(), misplaced(t), t.Each(), wording.Them(t.Items), wording.Them(t.Items), t.address())
		}}
	OddSet = Kind{Code: "odd-set", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "set") + wording.Pick(t.Items, " holds", " hold") + " a link or device"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s of %s %s more than files and folders: kept, not counted, never deleted. %s Delete %s at the destination by hand if nobody needs %s.",
				wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM"), wording.Pick(t.Items, "holds", "hold"), t.Each(), wording.Them(t.Items), wording.Them(t.Items))
		}}
	Rotten = Kind{Code: "rotten", Class: ErrorClass,
		Brief: placed(func(t *Tally) string { return wording.Count(t.Items, "set") + " found damaged" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s of %s %s found damaged: kept, not counted. %s%s To count %s as complete again, for example after a repair by hand: vmxsync plan -accept=%s -out=plan.out",
				wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM"), wording.Pick(t.Items, "was", "were"), t.Each(), t.also(), wording.Pick(t.Items, "it", "one"), t.address())
		}}
	Differs = Kind{Code: "differs", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "set") + wording.Pick(t.Items, " differs", " differ") + " from the source"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s changed after %s published (%s): kept, not counted. Compare with the source before you trust either; %s sends the local set again.",
				wording.Count(t.Items, "set"), wording.Pick(t.Items, "it was", "they were"), t.First.Item, t.again())
		}}
	Rewritten = Kind{Code: "rewritten", Class: WarningClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "local set") + wording.Pick(t.Items, " was", " were") + " rewritten"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%d local %s: the copy is kept, not counted. %s To upload the local contents: %s",
				t.Items, wording.Pick(t.Items, "set was rewritten since its upload", "sets were rewritten since their upload"), t.Each(), t.again())
		}}
	Overwritten = Kind{Code: "overwritten", Class: ErrorClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "local set") + wording.Pick(t.Items, " was", " were") + " rewritten since " + wording.Pick(t.Items, "its", "their") + " upload"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s of %s %s rewritten since %s upload: was the source encrypted? The %s kept, not counted, and nothing of %s is deleted. %s Compare a local set with its copy before you trust either one. If the %s right: vmxsync plan -accept=%s -out=plan.out. If a local set is right, send it again: %s",
				wording.Count(t.Items, "local set"), t.Whose(), wording.Pick(t.Items, "was", "were"), wording.Pick(t.Items, "its", "their"), wording.Pick(t.Items, "copy is", "copies are"), wording.Pick(len(t.VMs), "its VM", "their VMs"),
				t.Each(), wording.Pick(t.Items, "copy is", "copies are"), flags.InQuotes(t.accept()), t.again())
		}}
	OfAnother = Kind{Code: "of-another", Class: WarningClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " of another configuration" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s of another configuration: kept, not counted. %s To take them over: vmxsync plan -take-over -out=plan.out", t.sets(), t.Each())
		}}
	Vanished = Kind{Code: "vanished", Class: ErrorClass,
		Brief: placed(func(t *Tally) string {
			return wording.Count(t.Items, "set") + wording.Pick(t.Items, " has", " have") + " vanished"
		}),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s of %s %s vanished: recorded as complete, absent now, and not deleted by vmxsync. %s%s Look at the server first. To accept the loss: vmxsync plan -accept=%s -out=plan.out",
				wording.Count(t.Items, "set"), t.Whose(), wording.Pick(t.Items, "has", "have"), t.Each(), t.First.Also, flags.InQuotes(t.accept()))
		}}
	Suspicious = Kind{Code: "suspicious", Class: ErrorClass,
		Brief: placed(func(t *Tally) string { return wording.CountIs(t.Items, "set") + " suspicious" }),
		Text: func(t *Tally) string {
			return fmt.Sprintf("%s suspicious: kept, not counted, and nothing of %s is deleted. %s Did the backup program fail? To accept %s after a look: vmxsync plan -accept=%s -out=plan.out",
				wording.CountIs(t.Items, "set"), wording.Pick(len(t.VMs), "its VM", "their VMs"), t.Each(), wording.Pick(t.Items, "it", "one of them"), flags.InQuotes(t.First.Place+"/"+t.First.Item))
		}}
)
