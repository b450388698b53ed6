package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/state"
)

// noticeTexts write the notices, in the order in which they are listed.
var noticeTexts = []struct {
	code string
	text func(t *tally) string
}{
	{"unreachable", func(t *tally) string {
		return fmt.Sprintf("could not be read and has no part in this plan: %s", sentence(t.first.why))
	}},
	{"absent", func(t *tally) string {
		return fmt.Sprintf("could not be read and has no part in this plan, which is allowed as it is optional: %s", sentence(t.first.why))
	}},
	{"quota", func(t *tally) string {
		return fmt.Sprintf("has no part in this plan: it %s.", t.first.why)
	}},
	{"empty", func(t *tally) string {
		return fmt.Sprintf("%s: nothing is uploaded from it, and nothing is deleted for it. Check path and layout of the source.", t.first.why)
	}},
	{"take-over", func(t *tally) string {
		return fmt.Sprintf("its root belongs to %s: this plan takes it over for %s. From then on, plans of %s fail there.", t.first.why, t.first.owner, t.first.why)
	}},
	{"first-use", func(t *tally) string {
		return fmt.Sprintf("first use: %s gets the folder %s and belongs to %s from then on.", t.first.why, t.first.vm, t.first.owner)
	}},
	{"unknown", func(t *tally) string {
		return fmt.Sprintf("its sets of %s are not known: nothing of %s is uploaded or deleted. %s", t.whose(), them(len(t.vms)), t.reason())
	}},
	{"unreadable", func(t *tally) string {
		return fmt.Sprintf("%s could not be read. %s", count(t.items, "set"), t.each())
	}},
	{notBackedUp, func(t *tally) string {
		return fmt.Sprintf("the newest %s of %s %s not backed up. %s", pick(t.items, "set", "sets"), t.whose(), are(t.items), t.each())
	}},
	{"not-whole", func(t *tally) string {
		return fmt.Sprintf("the listing of %s is incomplete: nothing of %s is deleted, and each set is asked for by name before it is uploaded. %s",
			t.whose(), them(len(t.vms)), t.reason())
	}},
	{"name", func(t *tally) string {
		return fmt.Sprintf("%s cannot be used and %s left alone. %s", count(t.items, "name"), are(t.items), t.each())
	}},
	{"odd-name", func(t *tally) string {
		return fmt.Sprintf("%s cannot be used and %s left alone. %s Rename or delete %s at the destination by hand.", count(t.items, "name"), are(t.items), t.each(), them(t.items))
	}},
	{"reserved", func(t *tally) string {
		return fmt.Sprintf("%s uploaded with names that Windows cannot store, and could not be restored there. %s", countIs(t.items, "set"), t.each())
	}},
	{"damaged", func(t *tally) string {
		return fmt.Sprintf("%s damaged: kept, not counted. %s %s",
			t.sets(), t.each(), t.mend())
	}},
	{strippedRule, func(t *tally) string {
		return fmt.Sprintf("%s of %s %s manifest: kept, not counted. %s Give one whose files are whole a new manifest, with vmxsync plan -adopt=%s -out=plan.out, or delete it, with vmxsync plan -destroy -target=%s -out=plan.out.",
			count(t.items, "set"), count(len(t.vms), "VM"), pick(t.items, "has lost its", "have lost their"), t.each(), t.address(), t.address())
	}},
	{displacedRule, func(t *tally) string {
		return fmt.Sprintf("%s %s: kept, not counted. %s Was a folder renamed or copied at the destination? Move %s back by hand; or, if nobody needs %s: vmxsync plan -destroy -target=%s -out=plan.out",
			t.sets(), misplaced(t), t.each(), them(t.items), them(t.items), t.address())
	}},
	{"odd-set", func(t *tally) string {
		return fmt.Sprintf("%s of %s %s more than files and folders: kept, not counted, never deleted. %s Delete %s at the destination by hand if nobody needs %s.",
			count(t.items, "set"), count(len(t.vms), "VM"), pick(t.items, "holds", "hold"), t.each(), them(t.items), them(t.items))
	}},
	{rottenRule, func(t *tally) string {
		return fmt.Sprintf("%s of %s %s found damaged: kept, not counted. %s%s To count %s as complete again, for example after a repair by hand: vmxsync plan -accept=%s -out=plan.out",
			count(t.items, "set"), count(len(t.vms), "VM"), pick(t.items, "was", "were"), t.each(), t.also(), pick(t.items, "it", "one"), t.address())
	}},
	{"differs", func(t *tally) string {
		return fmt.Sprintf("%s changed after %s published (%s): kept, not counted. Compare with the source before you trust either; %s sends the local set again.",
			count(t.items, "set"), pick(t.items, "it was", "they were"), t.first.item, t.again())
	}},
	{rewrittenNotice, func(t *tally) string {
		return fmt.Sprintf("%d local %s: the copy is kept, not counted. %s To upload the local contents: %s",
			t.items, pick(t.items, "set was rewritten since its upload", "sets were rewritten since their upload"), t.each(), t.again())
	}},
	{overwrittenRule, func(t *tally) string {
		return fmt.Sprintf("%s of %s %s rewritten since %s upload: was the source encrypted? The %s kept, not counted, and nothing of %s is deleted. %s Compare a local set with its copy before you trust either one. If the %s right: vmxsync plan -accept=%s -out=plan.out. If a local set is right, send it again: %s",
			count(t.items, "local set"), t.whose(), pick(t.items, "was", "were"), pick(t.items, "its", "their"), pick(t.items, "copy is", "copies are"), pick(len(t.vms), "its VM", "their VMs"),
			t.each(), pick(t.items, "copy is", "copies are"), flags.InQuotes(t.accept()), t.again())
	}},
	{string(state.OfAnother), func(t *tally) string {
		return fmt.Sprintf("%s of another configuration: kept, not counted. %s To take them over: vmxsync plan -take-over -out=plan.out", t.sets(), t.each())
	}},
	{futureDatedRule, func(t *tally) string {
		return fmt.Sprintf("sets of %s are dated in the future: kept, not counted. Check the clocks. vmxsync list shows these sets, and vmxsync plan -destroy -target=ADDRESS -out=plan.out deletes one.", t.whose())
	}},
	{"no-candidate", func(t *tally) string {
		return fmt.Sprintf("no set of %s counts: nothing of %s is deleted until one does. The reason per set: vmxsync retention explain VM", t.whose(), them(len(t.vms)))
	}},
	{notFresh, func(t *tally) string {
		return fmt.Sprintf("%s no fresh set. %s Does the backup program still run? A VM that is gone for good is listed in retired of its backup.",
			count(len(t.vms), "VM")+pick(len(t.vms), " has", " have"), t.each())
	}},
	{"max_age", func(t *tally) string {
		return fmt.Sprintf("max_age is not enforced for %s: %s newest set is itself older.", t.whose(), pick(len(t.vms), "its", "their"))
	}},
	{"max_size_per_vm", func(t *tally) string {
		return fmt.Sprintf("max_size_per_vm is not enforced for %s: the size of a set is not known. Make it readable at the destination, or take max_size_per_vm out of the retention.", t.whose())
	}},
	{"rests", func(t *tally) string {
		return fmt.Sprintf("%s left out (%s), because -target or -exclude leaves out an upload that %s on.",
			count(t.items, "delete")+pick(t.items, " was", " were"), t.first.item, pick(t.items, "it depends", "they depend"))
	}},
	{"room", func(t *tally) string {
		return fmt.Sprintf("nothing more is deleted before the uploads of %s: an earlier apply made room for them, and none has arrived since. %s", t.whose(), t.each())
	}},
	{"not-destroyed", func(t *tally) string {
		return fmt.Sprintf("%s not destroyed. %s", countIs(t.items, "set"), t.each())
	}},
	{"not-adopted", func(t *tally) string {
		return fmt.Sprintf("%s not adopted. %s", countIs(t.items, "set"), t.each())
	}},
	{"unmarked", func(t *tally) string {
		return fmt.Sprintf("%s unmarked (%s): kept, not counted, never rotated. To take them over: vmxsync plan -adopt=\"%s/*\" -out=plan.out",
			t.sets(), state.FormatBytes(t.bytes), t.first.place)
	}},
	{"untrusted", func(t *tally) string {
		return fmt.Sprintf("%s unmarked and cannot be trusted yet (%s): younger than settle, empty, unlike the local set, or possibly a link. Kept, not counted.",
			t.sets(), state.FormatBytes(t.bytes))
	}},
	{"half", func(t *tally) string {
		return fmt.Sprintf("%s unmarked and %s like a half upload of another tool (%s): left alone. It blocks the local set, because publish = \"in_place\" cannot move it to trash. Delete it by hand.",
			t.sets(), pick(t.items, "looks", "look"), t.first.item)
	}},
	{"stranded", func(t *tally) string {
		return fmt.Sprintf("%s complete in staging (%s) and no longer at any source: kept there, not counted, because publish = \"in_place\" renames no folders. Copy it back to a source, or delete it in staging by hand.",
			t.sets(), t.first.item)
	}},
	{"outgoing", func(t *tally) string {
		return fmt.Sprintf("the deletion of %s was interrupted (%s), and this plan cannot resume it: not counted. To delete the rest: vmxsync plan -destroy -target=%s -out=plan.out",
			count(t.items, "set")+" of "+count(len(t.vms), "VM"), t.first.item, t.address())
	}},
	{orphanRule, func(t *tally) string {
		return fmt.Sprintf("no source holds %s: %s kept, not rotated. If a VM is gone for good, list it in retired of its backup: its sets are under retention then.",
			t.whose(), count(t.items, "set"))
	}},
	{goneRule, func(t *tally) string {
		return fmt.Sprintf("%s gone from the source, which had new sets of %s regularly. %s Is all of the source mounted? A VM that is gone for good is listed in retired of its backup.",
			t.whose()+pick(len(t.vms), " is", " are"), them(len(t.vms)), t.each())
	}},
	{unassignedRule, func(t *tally) string {
		return fmt.Sprintf("no backup sends %s here: %s kept, not rotated.", t.whose(), count(t.items, "set"))
	}},
	{"new", func(t *tally) string {
		return fmt.Sprintf("%s new: no destination holds anything of %s yet.", t.whose()+pick(len(t.vms), " is", " are"), them(len(t.vms)))
	}},
	{"not-uploaded", func(t *tally) string {
		return fmt.Sprintf("%s not uploaded: no rule would keep %s (%s: %s).%s", t.local(), them(t.items), t.first.item, t.first.why,
			pick(t.items, "", " For the reason per set: vmxsync retention explain VM"))
	}},
	{postponedRule, func(t *tally) string {
		return fmt.Sprintf("%s for a later plan, because the quota has no room for all of them (%s). The newest set of each VM comes first.",
			count(t.items, "local set")+pick(t.items, " waits", " wait"), t.first.item)
	}},
	{"not-pruned", func(t *tally) string {
		return fmt.Sprintf("%s of %s would be pruned by prune_source, but %s kept. %s", count(t.items, "set"), count(len(t.vms), "VM"), are(t.items), t.each())
	}},
	{"left", func(t *tally) string {
		return fmt.Sprintf("ignored files and their folder stay where a set is pruned. %s", t.each())
	}},
	{"aside", func(t *tally) string {
		return fmt.Sprintf("%s left of an interrupted prune, and %s kept: look at %s, and move or delete %s by hand. %s",
			countIs(t.items, "folder"), are(t.items), them(t.items), them(t.items), t.each())
	}},
	{"trash", func(t *tally) string {
		return fmt.Sprintf("%s of %s in trash (%s), for trash_keep = %s.", count(t.items, "set"), count(len(t.vms), "VM")+" "+pick(t.items, "is", "are"), state.FormatBytes(t.bytes), t.first.why)
	}},
	{stuckNotice, func(t *tally) string {
		return fmt.Sprintf("%s in trash cannot be deleted, because %s a link or another thing that vmxsync never enters or deletes. Check where it leads, and delete it by hand. %s",
			count(t.items, "folder"), pick(t.items, "it contains", "they contain"), t.each())
	}},
	{"pin", func(t *tally) string {
		return fmt.Sprintf("%s no set (%s): it protects nothing. Take the pin block out of the retention.", pick(t.items, "a pin names", "pins name"), t.first.item)
	}},
	{"settling", func(t *tally) string {
		return fmt.Sprintf("%s still being written (%s): younger than settle = %s.", countIs(t.items, "set"), t.first.item, t.first.why)
	}},
	{"awaited", func(t *tally) string {
		return fmt.Sprintf("%s not ready yet. %s", countIs(t.items, "set"), t.each())
	}},
	{"overdue", func(t *tally) string {
		return fmt.Sprintf("%s not ready for more than a day. %s Does the backup program still run? A set that it has given up can be deleted at the source.",
			countIs(t.items, "set"), t.each())
	}},
	{unsettledNotice, func(t *tally) string {
		return fmt.Sprintf("%s still being written, more than max_behind after the time in %s: not sent until nothing has changed for settle. %s End what writes into it. If backups take that long, raise max_behind of its backup.",
			countIs(t.items, "set"), pick(t.items, "its name", "their names"), t.each())
	}},
	{"not-ready", func(t *tally) string {
		return fmt.Sprintf("%s not ready, and %s a newer set. %s", countIs(t.items, "set"), pick(t.items, "its VM has", "their VMs have"), t.each())
	}},
	{vanishedRule, func(t *tally) string {
		return fmt.Sprintf("%s of %s %s vanished: recorded as complete, absent now, and not deleted by vmxsync. %s%s Look at the server first. To accept the loss: vmxsync plan -accept=%s -out=plan.out",
			count(t.items, "set"), t.whose(), pick(t.items, "has", "have"), t.each(), t.first.also, flags.InQuotes(t.accept()))
	}},
	{serverReplaced, func(t *tally) string { return t.first.why }},
	{serverRenewed, func(t *tally) string { return t.first.why }},
	{"accepted", func(t *tally) string {
		return fmt.Sprintf("-accept: %s accepted once this plan is applied. %s", countIs(t.items, "set"), t.each())
	}},
	{"record", func(t *tally) string {
		return fmt.Sprintf("the record of what was complete after the last apply cannot be used: %s. Sets that have vanished may not be reported. The next apply writes it anew.", strings.TrimSuffix(t.first.why, "."))
	}},
	{suspiciousRule, func(t *tally) string {
		return fmt.Sprintf("%s suspicious: kept, not counted, and nothing of %s is deleted. %s Did the backup program fail? To accept %s after a look: vmxsync plan -accept=%s -out=plan.out",
			countIs(t.items, "set"), pick(len(t.vms), "its VM", "their VMs"), t.each(), pick(t.items, "it", "one of them"), flags.InQuotes(t.first.place+"/"+t.first.item))
	}},
	{"lacks-disk", func(t *tally) string {
		return fmt.Sprintf("%s a disk that its .vmx names. %s If that disk is not backed up on purpose, write its name into ignore of the source.",
			count(t.items, "set")+pick(t.items, " lacks", " lack"), t.each())
	}},
	{"unmatched", func(t *tally) string {
		return fmt.Sprintf("no backup matches %s: nothing of %s is backed up. Add %s to vms of a backup, or to exclude.", t.whose(), them(len(t.vms)), them(len(t.vms)))
	}},
	{unheldNotice, func(t *tally) string {
		return fmt.Sprintf("%s named in vms, and neither the source nor a destination holds a set of %s. Is the name right, and does the backup program know %s? Take a VM that is not there out of vms of its backup.",
			t.whose()+pick(len(t.vms), " is", " are"), them(len(t.vms)), them(len(t.vms)))
	}},
	{"returned", func(t *tally) string {
		return fmt.Sprintf("%s listed in retired, but at the source again: backed up like any other VM. Take %s out of retired.", t.whose()+pick(len(t.vms), " is", " are"), them(len(t.vms)))
	}},
	{"unsupported", func(t *tally) string {
		return fmt.Sprintf("%s where the folder of a set should be (%s): such backups are not supported. Move them out of the source.", countIs(t.items, "file"), t.first.item)
	}},
}

// list writes the notices, place by place in the order of the configuration.
func (n notes) list(spec *state.Spec) []Notice {
	var places []string
	for _, s := range spec.Sources {
		places = append(places, s.Name)
	}
	for _, d := range spec.Destinations {
		places = append(places, d.Name)
	}
	var list []Notice
	tallies := n.tallies()
	for _, place := range places {
		for _, kind := range noticeTexts {
			if t := tallies[[2]string{place, kind.code}]; t != nil {
				text := strings.ToValidUTF8(place+": "+kind.text(t), "\ufffd")
				notice := newNotice(kind.code, place, text)
				notice.Hint = strings.ToValidUTF8(t.hint, "\ufffd")
				notice.Brief = strings.ToValidUTF8(brief(kind.code, place, t), "\ufffd")
				list = append(list, notice)
			}
		}
	}
	return list
}

// sets is "14 sets of 3 VMs are".
func (t *tally) sets() string {
	return fmt.Sprintf("%s of %s %s", count(t.items, "set"), count(len(t.vms), "VM"), are(t.items))
}

// again is the command that sends the first set again.
func (t *tally) again() string {
	return cmp.Or(t.first.again, "vmxsync plan -replace="+t.address()+" -out=plan.out")
}

// mend is the way out for a damaged set.
func (t *tally) mend() string {
	destroy := "vmxsync plan -destroy -target=" + t.address() + " -out=plan.out"
	if t.again() == destroy+andAgain {
		return "Delete one, with " + destroy + "; what the source still holds is sent again."
	}
	return "Send one again that the source still holds, with " + t.again() + ", or delete it, with " + destroy + "."
}

// address is that of the first set, as a flag takes it.
func (t *tally) address() string {
	return flags.Quoted(t.first.place + "/" + t.first.item)
}

func (t *tally) local() string { return countIs(t.items, "local set") }

// whose is "2 VMs (Bart, Lisa)".
func (t *tally) whose() string {
	if t.vms[state.AnyVM] {
		return "all VMs"
	}
	const shown = 3
	vms := slices.Sorted(maps.Keys(t.vms))
	names := strings.Join(vms[:min(shown, len(vms))], ", ")
	if len(vms) > shown {
		names += fmt.Sprintf(" and %d more", len(vms)-shown)
	}
	return fmt.Sprintf("%s (%s)", count(len(vms), "VM"), names)
}

// accept is what -accept is to be given for all of them.
func (t *tally) accept() string {
	switch {
	case t.items == 1:
		return t.first.place + "/" + t.first.item
	case len(t.vms) == 1:
		return t.first.place + "/" + t.first.vm
	}
	return t.first.place + "/*"
}

// each names the first few with their reasons: "Bart/2026-…: it holds no bytes; 2 more."
func (t *tally) each() string {
	var parts []string
	for _, n := range t.shown {
		parts = append(parts, n.item+": "+strings.TrimSuffix(n.why, "."))
	}
	if more := t.items - len(t.shown); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, "; ") + "."
}

// also are the sentences of those that are shown, each once.
func (t *tally) also() string {
	var all []string
	for _, n := range t.shown {
		if !slices.Contains(all, n.also) {
			all = append(all, n.also)
		}
	}
	return strings.Join(all, "")
}

func (t *tally) reason() string {
	if t.first.why == "" {
		return ""
	}
	return strings.TrimSuffix(t.first.why, ".") + "."
}

// sentence ends a text that has no end.
func sentence(text string) string {
	if strings.HasSuffix(text, "?") {
		return text
	}
	return strings.TrimSuffix(text, ".") + "."
}

func pick(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func count(n int, noun string) string { return fmt.Sprintf("%d %s%s", n, noun, pick(n, "", "s")) }

func countIs(n int, noun string) string { return count(n, noun) + " " + are(n) }

func are(n int) string { return pick(n, "is", "are") }

func them(n int) string { return pick(n, "it", "them") }
