package decide

import (
	"errors"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// report notes what a person should know of the decisions.
func report(g *Group) {
	for _, d := range slices.Backward(g.Decisions) {
		switch {
		case d.Disposition.Creates():
			noteReserved(g, d)
		case d.Remote != nil && !d.Disposition.Deletes():
			noteUnadopted(g, d)
			noteKept(g, d)
		case d.Way != "" && d.Way != observe.ByPublish && d.Remote == nil && d.Disposition != Omit:
			g.note(g.Note(&notice.NotUploaded, *d.Local, d.Why()))
		}
	}
	noteFresh(g)
	if since, missed := Missed(g); missed && !stale(g) && !g.World.Flags.Destroy {
		g.note(g.NoteOf(&notice.Gone, g.VM, "last seen at "+g.Source.Name+" on "+since.Format(time.DateOnly)))
	}
	for _, d := range g.Suspects() {
		n := g.NoteOf(&notice.Suspicious, d.Key.String(), d.Suspect)
		n.Bytes = state.TotalBytes(d.Content())
		g.note(n)
	}
	noteProven(g)
	noteBackedUp(g)
}

// noteReserved warns of names that could not be restored to Windows.
func noteReserved(g *Group, d Decision) {
	if !d.Way.Sends() {
		return
	}
	for _, f := range d.Local.Files {
		if p := d.Key.VM + "/" + f.Path; providers.ReservedOnWindows(p) {
			g.note(g.Note(&notice.Reserved, state.Set{Key: d.Key}, f.Path))
			return
		}
	}
}

// noteKept reports why a set that stays needs attention.
func noteKept(g *Group, d Decision) {
	switch {
	case g.World.Flags.Destroy:
	case g.Unknown != nil:
	case g.Rule != "":
		if d.State == state.Damaged {
			noteDamaged(g, d)
		}
		if !d.Displaced() {
			g.note(g.Note(notice.Of(g.Rule), *d.Remote, ""))
		}
	case d.BeingDeleted():
		g.note(g.Note(&notice.Outgoing, *d.Remote, ""))
	case d.Finding == observe.Half:
		g.note(g.Note(&notice.Half, *d.Remote, ""))
	case d.State == state.Unmarked && d.Finding != observe.Trusted && g.Destination.TrustUnmarked:
		g.note(g.Note(&notice.Untrusted, *d.Remote, ""))
	case d.State == state.Unmarked && d.Finding != observe.Trusted:
		g.note(g.Note(&notice.Unmarked, *d.Remote, ""))
	case d.State == state.Differs && (d.Rewritten() || g.Overwritten && observe.RewrittenLocally(&g.Group, d.Candidate)):
		noteRewritten(g, d)
	case d.State == state.OfAnother:
		g.note(g.NoteOf(&notice.OfAnother, d.Key.String(), "made by "+d.Remote.Manifest.Owner))
	case d.State == state.Damaged:
		noteDamaged(g, d)
	case d.State == state.Differs, d.State == state.Unknown:
		g.note(g.Note(notice.Of(string(d.State)), *d.Remote, d.Remote.Problem))
	}
}

// noteDamaged reports a damaged set, how that is known, and the command that repairs it.
func noteDamaged(g *Group, d Decision) {
	switch {
	case d.Remote.Odd && !d.Remote.Marked: // it has never been complete
		g.note(g.Note(&notice.OddSet, *d.Remote, d.Remote.Problem))
		return
	case d.Finding == observe.Stripped:
		g.note(g.Note(&notice.Stripped, *d.Remote, d.Remote.Problem))
		return
	case d.Displaced():
		g.note(g.Note(&notice.Displaced, *d.Remote, "was uploaded as "+d.Remote.Manifest.Key.String()))
		return
	case !d.Found():
		n := g.Note(&notice.Damaged, *d.Remote, d.Remote.Problem)
		n.Also = fetched(g, d)
		g.note(n)
		return
	}
	address := flags.Quoted(g.Address(d.Key))
	n := g.NoteOf(&notice.Rotten, d.Key.String(), d.Remote.Problem)
	n.Bytes, n.Also = d.Remote.Bytes(), fetched(g, d)+" To delete "+n.Item+": vmxsync plan -destroy -target="+address+" -out=plan.out."
	if d.Local != nil && observe.CheckReplace(&g.Group, d.Candidate) == nil {
		n.Also = " To send " + n.Item + " again: vmxsync plan -replace=" + address + " -out=plan.out."
	}
	g.note(n)
}

// fetched names another destination that holds a damaged set which no source holds; "" if
// there is none.
func fetched(g *Group, d Decision) string {
	other, there := g.Elsewhere(*d.Remote)
	if d.Local != nil || !there {
		return ""
	}
	proven := ""
	if !other.Proven.IsZero() {
		proven = ", proven " + other.Proven.UTC().Format(time.DateOnly)
	}
	return " " + other.Place + " holds " + d.Key.String() + " as well" + proven + ": vmxsync restore " + flags.Quoted(state.Address(other.Place, d.Key)) + " -to=DIR."
}

// noteRewritten reports a copy of a local set that was rewritten since.
func noteRewritten(g *Group, d Decision) {
	why := "other names or sizes than what was sent"
	switch is, was := d.Local.Bytes(), d.Remote.Bytes(); {
	case g.Overwritten && is != was:
		why = state.FormatBytes(is) + ", where " + state.FormatBytes(was) + " were sent"
	case d.Rewritten():
		why = d.Remote.Manifest.Rewritten(d.Local.Files)[0] + " is newer than the uploaded file"
	}
	kind := &notice.Rewritten
	if g.Overwritten {
		kind = &notice.Overwritten
	}
	g.note(g.Note(kind, *d.Remote, why))
}

// noteUnadopted reports why a set that -adopt selects stays as it is.
func noteUnadopted(g *Group, d Decision) {
	if d.State != state.Unmarked || d.Way != "" || !g.World.Flags.Adopts(g.Address(d.Key)) {
		return
	}
	why := "it may be unfinished: it is younger than settle, or possibly a link"
	unsure := observe.CheckSure(&g.Group, d.Candidate)
	switch {
	case g.Rule == observe.Unassigned:
		why = "no backup sends it here"
	case d.Remote.Bytes() == 0:
		why = "it holds no bytes"
	case d.Finding == observe.Unalike:
		why = "it is suspicious (" + d.Candidate.Why + "). To adopt it anyway, give its full address"
	case unsure != nil:
		why = unsure.Error()
	case d.Local != nil && !state.SameContent(d.Compared(g.Source.Ignore), d.Local.Files):
		why = "it differs from the local set"
	}
	g.note(g.Note(&notice.NotAdopted, *d.Remote, why))
}

// noteRetention passes on the notices of retention, but for unknown sets: noteKept reports
// them.
func noteRetention(g *Group, r retention.Result) {
	for _, n := range r.Notices {
		if n != retention.UnknownSet {
			g.note(g.Note(notice.Of(string(n)), state.Set{}, ""))
		}
	}
	for _, p := range g.Policy.Pins {
		if _, there := g.Of(p.Key); p.VM == g.VM && !there {
			g.note(g.Note(&notice.Pin, state.Set{Key: p.Key}, ""))
		}
	}
}

// noteFresh warns if no counted set, once the plan is carried out, is as young as the
// backup wants it.
func noteFresh(g *Group) {
	if !Judged(g) {
		return
	}
	switch newest, ok := g.Newest(Decision.Counts); {
	case !ok:
		g.note(g.NoteOf(&notice.NotFresh, g.VM, "none of its sets is complete"))
	case Old(g, newest.Key.Stamp):
		g.note(g.Note(&notice.NotFresh, state.Set{Key: newest.Key}, "older than fresh_within = "+g.Fresh.String()))
	}
}

// stale reports whether noteFresh warns of the VM.
func stale(g *Group) bool {
	newest, ok := g.Newest(Decision.Counts)
	return Judged(g) && (!ok || Old(g, newest.Key.Stamp))
}

// noteBackedUp is an error where the newest ready set that the source holds is
// not complete at the destination, and the plan does not make it so: whatever
// the reason is. What another notice of the same class reports is not repeated.
func noteBackedUp(g *Group) {
	if g.Rule != "" || g.Unknown != nil || g.World.Flags.Destroy {
		return
	}
	local := newestReady(g.World.Sets(g.Source.Name, g.VM))
	if local == nil {
		return
	}
	d, _ := g.Of(local.Key)
	g.Lacking = checkSaved(g, d)
	reported := d.Finding == observe.Unfit || d.State == state.Unknown || d.Found() || g.Overwritten && observe.RewrittenLocally(&g.Group, d.Candidate)
	if g.Lacking != nil && !reported {
		g.note(g.Note(&notice.NotBackedUp, *local, g.Lacking.Error()))
	}
}

// checkSaved returns why a set that is ready at the source neither counts at the
// destination nor will; nil where it does, or where policy or flags want it so.
func checkSaved(g *Group, d Decision) error {
	replace := ": compare the two, and upload it again with " + g.SendAgain(d.Key)
	switch {
	case d.Finding == observe.Postponed:
		return errors.New("it does not fit into the quota of the destination now")
	case d.Disposition.Creates(), d.Disposition == Omit, d.Way == "" && (d.State == state.Complete && d.Remote != nil || d.Finding == observe.Trusted):
		return nil
	case d.Suspect != "" && d.Wish != WantsDeleted: // the destination holds it complete, and it is reported as suspicious
		return nil
	case d.Finding == observe.Unfit:
		return errors.New("its names cannot be used")
	case d.Way != "" && !d.Held(): // retention does not want it
		return nil
	case d.Remote == nil:
		return errors.New("nothing of this VM is changed now")
	case d.State == state.Unknown:
		return errors.New("the state of the set at the destination is not known: " + d.Remote.Problem)
	case d.BeingDeleted():
		return errors.New("its deletion is not finished")
	case d.State == state.Unmarked && underway(g, d):
		return nil
	case d.State == state.Unmarked:
		return errors.New("an unmarked set with other contents is in its place" + replace)
	}
	return errors.New("the set at the destination " + conditions[d.State] + replace)
}

// conditions are the words for what is wrong with a set that does not count.
var conditions = map[state.State]string{
	state.Damaged: "is damaged", state.Differs: "differs from it", state.Incomplete: "is incomplete",
	state.OfAnother: "was made by another configuration",
}

// underway reports whether an unmarked set was written to just now: another tool
// may be about to finish it, and a later plan judges it.
func underway(g *Group, d Decision) bool {
	newest := d.Remote.Newest()
	return newest.After(g.SettledBefore()) && !newest.After(g.World.Now.Add(time.Hour))
}

// newestReady is the newest ready set, or nil. Sets come oldest first.
func newestReady(sets []state.Set) *state.Set {
	for i := len(sets) - 1; i >= 0; i-- {
		if sets[i].State == state.Complete {
			return &sets[i]
		}
	}
	return nil
}
