package decide

import (
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// discard cleans up a leftover.
func (g *Group) discard(x Leftover) { g.Leftovers = append(g.Leftovers, x) }

// Cleaned are the leftovers that are cleaned up: those that are selected, or block an
// upload.
func (g *Group) Cleaned() (all []Leftover) {
	for _, x := range g.Leftovers {
		d, there := g.Of(x.Key)
		if g.World.Flags.Selects(g.Address(x.Key)) || there && d.Disposition.Creates() {
			all = append(all, x)
		}
	}
	return all
}

// cleanStaging decides about the staged folders that no change uses.
func cleanStaging(g *Group) {
	if g.Unknown != nil || g.Rule == observe.Unassigned {
		return
	}
	for i := len(g.Decisions) - 1; i >= 0; i-- {
		d := &g.Decisions[i]
		switch {
		case d.Disposition == Omit: // a later plan resumes it
			if d.Remote == nil && d.Way != observe.ByUpload {
				g.keepStaged(*d, kept(HeldRule, "-target or -exclude leaves out the rest"))
			}
		case Stranded(g, d.Candidate):
			g.note(g.Note(&notice.Stranded, d.Staged.Set, ""))
			g.keepStaged(*d, kept(string(state.Incomplete), "whole in staging"))
		case !stagedIsUseless(*d) || !usable(g, d.Staged.Path, d.Staged.Files) || !certain(g, d.Staged):
		case d.Started() && d.Kept():
			g.keepStaged(*d, d.Reasons...)
		default:
			discardStaged(g, d.Candidate)
			if d.Remote == nil && d.Disposition == Leave {
				d.Disposition = Discard
			}
		}
	}
}

// keepStaged lists a set that stays in staging.
func (g *Group) keepStaged(d Decision, why ...retention.Reason) {
	g.Kept = append(g.Kept, Kept{d.Key, state.Incomplete, why})
}

// discardStaged cleans up what is staged. Of an upload in place a file that its claim does
// not name is not ours, and makes the apply fail.
func discardStaged(g *Group, c observe.Candidate) {
	staged := c.Staged
	if !staged.AtFinal() {
		g.discard(Leftover{Key: c.Key, Kind: Staging, Path: staged.Path, Files: staged.Files})
		return
	}
	var ours []state.File
	for _, f := range staged.Set.Files {
		if staged.Claim.Names(f) {
			ours = append(ours, f)
		}
	}
	if usable(g, staged.Set.Path, ours) {
		g.discard(Leftover{Key: c.Key, Kind: InPlace, Path: staged.Path, Files: ours, Claim: staged.Claim})
	}
}

// stagedIsUseless reports whether the staged folder is of no use to this plan, and to
// no later one that knows more.
func stagedIsUseless(d Decision) bool {
	switch {
	case d.Started():
		return true
	case d.Staged == nil || d.Held(), d.Disposition.Deletes() && d.Remote == nil, d.BeingDeleted():
		return false
	case d.Disposition.Creates(): // Adopt needs none; parts at the final name are in the way of another upload
		return d.Way == observe.ByAdopt || d.Staged.AtFinal() && d.Way == observe.ByUpload
	case d.Staged.Set.State == state.Complete && !d.Disposition.Deletes():
		// Only a set that is whole beyond what a listing shows makes a staged copy useless.
		return d.Remote != nil && d.State == state.Complete && d.Remote.Manifest != nil
	}
	return d.State != state.Unknown
}

// certain reports and refuses a staged folder in which a folder may be a link to the
// files of another set, where the destination does not show links.
func certain(g *Group, staged *state.Staged) bool {
	if !g.There().LinksHidden {
		return true
	}
	i := slices.IndexFunc(staged.Files, func(f state.File) bool { return !staged.Ours(f) })
	if i < 0 {
		return true
	}
	g.note(g.NoteOf(&notice.OddName, staged.Path,
		fmt.Sprintf("%s in it may lie behind a link, and no claim lists it: delete it by hand", staged.Files[i].Path)))
	return false
}

// usable reports and refuses a folder with names that cannot be sent.
func usable(g *Group, dir string, content []state.File) bool {
	err := observe.CheckPaths(dir, content)
	if err != nil {
		g.note(g.NoteOf(&notice.OddName, dir, err.Error()))
	}
	return err == nil
}
