package diff

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
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
	// What is early justifies no delete, all else that counts by then does.
	now := addresses(g, func(d decide.Decision) bool { return d.Counted() && d.Disposition != decide.DeleteFirst })
	then := addresses(g, func(d decide.Decision) bool { return d.Counts() && !d.Disposition.Deletes() })
	return slices.Concat(deletes(g, decide.DeleteFirst, now), creates, sums(g), deletes(g, decide.Delete, then))
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
	case mode == Replace && d.From.Place != "":
		why.text = "damaged (" + d.Remote.Problem + "): sent again from " + d.From.Place + provenOn(d.From.Proven)
	case mode == Replace && d.State == state.Damaged:
		why.text = "damaged (" + d.Remote.Problem + "): uploaded again"
	}
	return retention.Reason{Rule: string(mode), Code: why.code, Text: why.text}
}

// provenOn is when a copy was proven, for the end of a sentence.
func provenOn(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return ", proven " + at.UTC().Format(time.DateOnly)
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
	if change.Uploads() {
		change.Source, change.From, change.Files = cmp.Or(d.From.Place, g.Source.Name), d.Local.Path, sourceFiles(d.Local.Files)
	}
	if m := d.From.Set.Manifest; m != nil {
		change.Manifest, change.Sums = m.Identity(), m.Sums()
	}
	change.StagedRun, change.Leftover = stagedRun(d), mode == Adopt && d.Staged != nil
	return change
}

// stagedRun is the digest of the run that made the set whole in staging, beside what it is
// to replace; "" where it is not.
func stagedRun(d decide.Decision) string {
	if d.Disposition != decide.Replace || !d.WholeInStaging() || d.Staged.Set.Manifest == nil {
		return ""
	}
	return RunDigest(d.Staged.Set.Manifest.Run)
}

// listed are files at a destination, whose times mean nothing.
func listed(from []state.File) []state.File {
	to := make([]state.File, len(from))
	for i, f := range from {
		to[i] = state.File{Path: f.Path, Size: f.Size}
	}
	return to
}

// sourceFiles are files that an upload finds again as they are.
func sourceFiles(from []state.File) []state.File {
	to := listed(from)
	for i, f := range from {
		to[i].ModTime = f.ModTime.UTC()
	}
	return to
}

// deletes are those of the sets with that disposition, oldest first; the sets at the
// addresses justify them.
func deletes(g *decide.Group, as decide.Disposition, retains []string) (changes []Change) {
	for _, d := range slices.Backward(g.Decisions) {
		if d.Disposition == as {
			changes = append(changes, remove(g, d, retains))
		}
	}
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

// remove deletes a set from its final name; or one that is whole, but in staging only. Its
// files are then all that is in its staged folder, and nothing has to justify the delete.
func remove(g *decide.Group, d decide.Decision, retains []string) Change {
	change := Change{
		Address: g.Address(d.Key), Action: Delete, Mode: Remove, Policy: g.Policy.Name,
		Reasons: d.Reasons, Early: d.Disposition == decide.DeleteFirst,
	}
	if d.Remote == nil {
		change.Path, change.Files, change.Bytes = d.Staged.Path, listed(d.Staged.Files), d.Staged.Bytes()
		return change
	}
	change.Path, change.Files, change.Bytes = d.Remote.Path, listed(d.Remote.Files), d.Remote.Bytes()
	change.Retains, change.InTrash = retains, g.Destination.TrashKeep > 0 && !g.InPlace() && !d.BeingDeleted()
	return change
}
