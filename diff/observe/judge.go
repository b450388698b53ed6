package observe

import (
	"errors"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// judge finds the condition of each candidate: what is there, and then what flags, names
// and the quota make of it.
func judge(g *Group, q Queue) {
	old := g.SettledBefore()
	for i, c := range g.Candidates {
		c.Condition = conditionOf(g, c, old)
		c = strip(g, c)
		c = exchange(g, c)
		if err := fits(g, c); c.Way != "" && err != nil {
			g.Notes = append(g.Notes, g.Note(&notice.Name, state.Set{Key: c.Key}, Hinted(err)))
			c = unfit(c)
		}
		if accepts, ok := forgives(g, c); ok {
			c.State, c.Finding = state.Complete, Forgiven
			g.accept(accepts, c.Key, "the local set was rewritten, and the copy counts as it was sent")
		}
		switch why := q.waits(g, c); why {
		case waitsForRoom:
			g.Notes = append(g.Notes, g.Note(&notice.Postponed, *c.Local, ""))
			c.Way, c.State, c.Finding = "", state.Incomplete, Postponed
		case waitsForNewer:
			g.Notes = append(g.Notes, g.Note(&notice.NotUploaded, *c.Local, "newer sets come first"))
			c.Way = ""
		}
		g.Candidates[i] = c
	}
}

// accept accepts what is wrong with a set; what the record accepts already is not noted.
func (g *Group) accept(a known.Acceptance, k state.Key, why string) {
	if g.There().Known.Accepts(a.Key, a.SHA256) {
		return
	}
	g.Accepted = append(g.Accepted, a)
	g.Notes = append(g.Notes, g.NoteOf(&notice.Accepted, k.String(), why))
}

// conditionOf is the condition by what is there. old is the time before which the newest
// file of an unmarked set must have been written, to be believed finished.
func conditionOf(g *Group, c Candidate, old time.Time) Condition {
	ignore := g.Source.Ignore
	switch {
	case g.Unknown != nil:
		return Condition{State: state.Unknown}
	case c.Remote == nil:
		return ofAbsent(g, c)
	case c.Found(): // the worse, where it also differs
		return Condition{State: state.Damaged}
	case c.Remote.State == state.Complete && g.ofAnother(c.Remote):
		return Condition{State: state.OfAnother}
	case c.published() && c.Local != nil && !state.SameContent(c.Compared(ignore), c.Local.Files):
		return Condition{State: state.Differs} // the alarm, whether or not its manifest was read as well
	case c.Remote.State == state.Complete && c.Rewritten():
		return Condition{State: state.Differs}
	case c.Remote.State == state.Unmarked:
		return ofUnmarked(g, c, old)
	}
	return Condition{State: c.Remote.State}
}

func ofAbsent(g *Group, c Candidate) Condition {
	switch {
	case c.WholeInStaging() && !g.InPlace():
		return Condition{State: state.Complete, Way: ByPublish}
	case c.Local != nil && begun(g, c):
		return Condition{State: state.Complete, Way: ByResume}
	case c.Local != nil:
		return Condition{State: state.Complete, Way: ByUpload}
	}
	return Condition{State: state.Incomplete}
}

// begun reports whether an upload of exactly these local files was begun, to where this one
// sends them.
func begun(g *Group, c Candidate) bool {
	if c.Staged == nil || c.Staged.Claim == nil {
		return false
	}
	claim := c.Staged.Claim
	return claim.Kind == state.UploadClaim && claim.InPlace == g.InPlace() && claim.Fits(c.Local.Files)
}

func ofUnmarked(g *Group, c Candidate, old time.Time) Condition {
	settled := !c.Doubt && (len(c.Remote.Files) == 0 || writtenBefore(c.Remote.Files, old))
	same := c.Local != nil && state.SameContent(c.Compared(g.Source.Ignore), c.Local.Files)
	trust := g.Destination.TrustUnmarked && g.Rule != Unassigned && checkFinished(g, c) == nil
	is := Condition{State: state.Unmarked}
	switch {
	case !settled:
	case adoptable(g, c, same):
		is.Way = ByAdopt
	case trust && c.Remote.Bytes() > 0 && (c.Local == nil || same):
		is.Finding = Trusted
	case same:
		is.Way = ByAdopt
	case c.Local == nil || !halfOf(c.Compared(g.Source.Ignore), c.Local.Files):
	case g.InPlace():
		is.Finding = Half
	default:
		is.Way = ByReplace
	}
	return is
}

// writtenBefore is false where the time of any file is not known.
func writtenBefore(files []state.File, t time.Time) bool {
	for _, f := range files {
		if f.ModTime.IsZero() || f.ModTime.After(t) {
			return false
		}
	}
	return true
}

// halfOf reports whether part may be an upload of whole that was broken off:
// each of its files is also in whole, and no larger there.
func halfOf(part, whole []state.File) bool {
	sizes := make(map[string]int64, len(whole))
	for _, f := range whole {
		sizes[f.Path] = f.Size
	}
	for _, f := range part {
		if size, ok := sizes[f.Path]; !ok || f.Size > size {
			return false
		}
	}
	return true
}

// strip makes a set damaged whose manifest is gone, unless this plan repairs it or reports
// why not, or the destination trusts sets without one. A set without a manifest was uploaded
// by another tool, which is a normal fact; one that the record has as complete had a
// manifest: without it the set counts nowhere, and nothing else would report that once the
// source has deleted its own copy.
func strip(g *Group, c Candidate) Candidate {
	inv := g.There()
	was, recorded := inv.Known.Find(c.Key.AsRecorded())
	if !recorded || c.Remote == nil || c.State != state.Unmarked || c.Way != "" || c.Finding != "" || named(g, c) || inv.IsGoing(was.Key) {
		return c
	}
	lost := *c.Remote
	lost.State = state.Damaged
	lost.Problem = "its manifest is gone, and it was complete on " + inv.Known.LastSeen(was).UTC().Format(time.DateOnly)
	c.Remote, c.State, c.Finding = &lost, state.Damaged, Stripped
	return c
}

// adoptable reports whether -adopt takes over an unmarked set that has settled: it
// holds bytes, and does not differ from the set at the source.
func adoptable(g *Group, c Candidate, same bool) bool {
	return named(g, c) && c.Remote.Bytes() > 0 && (c.Local == nil || same) && CheckSure(g, c) == nil
}

// named reports whether -adopt names a set that a backup sends there.
func named(g *Group, c Candidate) bool {
	return g.Rule != Unassigned && g.World.Flags.Adopts(g.Address(c.Key))
}

// CheckSure returns why nobody knows whether an unmarked set is an incomplete copy of the
// set at the source; nil if that is known.
func CheckSure(g *Group, c Candidate) error {
	if c.Remote == nil || g.Source.Name == "" || c.Local != nil {
		return nil
	}
	if g.World.CheckSource(g.Source.Name, g.VM) != nil {
		return errors.New("whether " + g.Source.Name + " holds it is not known")
	}
	return checkFinished(g, c)
}

// checkFinished returns why a set may be an incomplete copy of a local set that is not
// ready; nil if it is none. A set that is not ready can be compared, one that is still
// being written cannot.
func checkFinished(g *Group, c Candidate) error {
	local, there := g.World.Inventories[g.Source.Name].Find(c.Key)
	switch {
	case c.Remote == nil || !there || c.Local != nil:
		return nil
	case local.State == state.Settling:
		return errors.New("the local set is still being written")
	case !state.SameContent(c.Compared(g.Source.Ignore), local.Files):
		return errors.New("it differs from the local set, which is not ready")
	}
	return nil
}
