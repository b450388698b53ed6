package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// schedule makes changes of what was decided on a group, in the order of work: first the
// deletes that make room, then what comes to count, newest first, and then the deletes that
// wait for that.
func schedule(g *decide.Group) []Change {
	var creates []Change
	for _, d := range g.Decisions {
		if d.Disposition.Creates() {
			creates = append(creates, create(g, d))
		}
	}
	row := newDeleteSequence(g)
	early := row.delete(decide.DeleteFirst)
	row.afterCreates(creates)
	late := row.delete(decide.Delete)
	return slices.Concat(early, creates, late)
}

// modes are those of the dispositions that make a set count.
var modes = map[decide.Disposition]Mode{
	decide.Create: Upload, decide.Publish: Publish, decide.Resume: Resume, decide.Adopt: Adopt, decide.Replace: Replace,
}

// modeTexts are the reasons for each mode.
var modeTexts = map[Mode]struct{ code, text string }{
	Upload:  {"missing", "not at the destination"},
	Publish: {"publish", "already complete in staging"},
	Resume:  {"resume", "an upload was started (%s are there): the verified part is not sent again"},
	Adopt:   {"adopt", "unmarked, with the names and sizes of the local set: a manifest is written"},
	Replace: {"replace", "unmarked, and looks like an incomplete upload of the local set"},
}

// modeReason is why a set comes to count in that way.
func modeReason(g *decide.Group, d decide.Decision, mode Mode) Reason {
	why := modeTexts[mode]
	switch {
	case mode == Resume:
		why.text = fmt.Sprintf(why.text, state.FormatBytes(d.Staged.Set.Bytes()))
	case mode == Adopt && g.World.Flags.Adopts(g.Address(d.Key)):
		why.text = "unmarked, selected by -adopt: a manifest is written"
	case mode == Replace && g.Resent(d.Candidate):
		why.text = string(d.State) + ": uploaded again because -replace names it"
	}
	return retention.Reason{Rule: string(mode), Code: why.code, Text: why.text}
}

func create(g *decide.Group, d decide.Decision) Change {
	mode := modes[d.Disposition]
	change := Change{
		Address: g.Address(d.Key), Action: Create, Mode: mode, Policy: g.Policy.Name,
		Path:    g.Destination.Layout.Path(d.Key),
		Reasons: append(slices.Clip(d.Reasons), modeReason(g, d, mode)),
		Files:   listed(d.Content()), Bytes: state.TotalBytes(d.Content()),
	}
	if d.Remote != nil || mode == Resume {
		change.Action = Update
	}
	switch mode {
	case Replace:
		change.Before = listed(d.Remote.Files)
	case Resume:
		change.Before = listed(d.Staged.Set.Files)
	}
	if change.uploads() {
		change.Source, change.From, change.Files = g.Source.Name, d.Local.Path, sourceFiles(d.Local.Files)
	}
	change.Steps = createSteps(g, change, d.Candidate)
	return change
}

// listed are files at a destination, whose times mean nothing.
func listed(from []state.File) []File {
	to := make([]File, len(from))
	for i, f := range from {
		to[i] = File{Path: f.Path, Size: f.Size}
	}
	return to
}

// sourceFiles are files that an upload finds again as they are.
func sourceFiles(from []state.File) []File {
	to := listed(from)
	for i, f := range from {
		to[i].MTime = f.ModTime.UTC()
	}
	return to
}

// deleteSequence is the deletes of a group one after the other: each expects the group as
// the one before left it.
type deleteSequence struct {
	g        *decide.Group
	present  map[state.Stamp]string // at final names, by digest
	requires []string
	needs    []string
}

// newDeleteSequence begins with what the destination holds now. What is early justifies no
// delete, all else that counts does.
func newDeleteSequence(g *decide.Group) *deleteSequence {
	r := &deleteSequence{g: g, present: map[state.Stamp]string{}}
	for _, d := range g.Decisions {
		if d.Remote != nil && !d.BeingDeleted() {
			r.present[d.Key.Stamp] = d.Digest
		}
	}
	r.requires = addresses(g, func(d decide.Decision) bool { return d.Counted() && d.Disposition != decide.DeleteFirst })
	return r
}

// afterCreates continues with the group once all creates are done.
func (r *deleteSequence) afterCreates(creates []Change) {
	for _, d := range r.g.Decisions {
		if d.Disposition.Creates() {
			r.present[d.Key.Stamp] = state.Digest(d.Content())
		}
	}
	r.requires = addresses(r.g, func(d decide.Decision) bool { return d.Counts() && !d.Disposition.Deletes() })
	r.needs = append(countingSteps(creates), r.needs...)
}

// delete deletes the sets with that disposition, oldest first.
func (r *deleteSequence) delete(as decide.Disposition) (changes []Change) {
	for _, d := range slices.Backward(r.g.Decisions) {
		switch {
		case d.Disposition != as:
		case d.Remote == nil:
			changes = append(changes, dropStaged(r.g, d))
		default:
			change := remove(r.g, d, Step{Expect: GroupDigest(r.present), Needs: r.needs, Retains: r.requires})
			change.Early = as == decide.DeleteFirst
			delete(r.present, d.Key.Stamp)
			r.needs = []string{change.Steps[0].ID}
			changes = append(changes, change)
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return strings.Compare(a.Address, b.Address) })
	return changes
}

// addresses are those of the sets that are in, newest first.
func addresses(g *decide.Group, in func(decide.Decision) bool) []string {
	var list []string
	for _, d := range g.Decisions {
		if in(d) {
			list = append(list, g.Address(d.Key))
		}
	}
	return list
}

// countingSteps are the steps that make the created sets count.
func countingSteps(creates []Change) []string {
	var ids []string
	for _, change := range creates {
		for _, s := range change.Steps {
			if s.makesCount() {
				ids = append(ids, s.ID)
			}
		}
	}
	return ids
}

// remove deletes a set from its final name.
func remove(g *decide.Group, d decide.Decision, trash Step) Change {
	b := &steps{address: g.Address(d.Key)}
	if g.InPlace() || d.BeingDeleted() {
		removeInPlace(b, g, d.Candidate, trash)
	} else {
		trash.Op, trash.From, trash.To = OpTrash, d.Remote.Path, g.Work().Deleted(d.Key, RunPlaceholder)
		id := b.add(trash)
		if g.Destination.TrashKeep == 0 {
			b.add(Step{Op: OpPurge, From: trash.To, Needs: []string{id}})
		}
	}
	return Change{
		Address: b.address, Action: Delete, Mode: Remove, Policy: g.Policy.Name, Path: d.Remote.Path,
		Reasons: d.Reasons, Files: listed(d.Remote.Files), Bytes: d.Remote.Bytes(), Steps: b.list,
	}
}

// removeInPlace has a claim written before the first file is deleted.
func removeInPlace(b *steps, g *decide.Group, c observe.Candidate, condemn Step) {
	condemn.Op, condemn.From, condemn.To = OpCondemn, c.Remote.Path, g.Work().Claim(c.Key)
	id := b.add(condemn)
	id = b.add(Step{Op: OpPurge, From: c.Remote.Path, Needs: []string{id}})
	b.add(Step{Op: OpRelease, From: g.Work().Staged(c.Key), Needs: []string{id}})
}

// dropStaged deletes a set that is whole, but in staging only. Its files are
// all that is in its staged folder. It is not counted, so it may be deleted before the
// uploads.
func dropStaged(g *decide.Group, d decide.Decision) Change {
	b := &steps{address: g.Address(d.Key)}
	b.add(Step{Op: OpPurge, From: d.Staged.Path})
	return Change{
		Address: b.address, Action: Delete, Mode: Remove, Policy: g.Policy.Name, Path: d.Staged.Path,
		Reasons: d.Reasons, Files: listed(d.Staged.Files), Bytes: d.Staged.Bytes(), Steps: b.list,
		Early: d.Disposition == decide.DeleteFirst,
	}
}
