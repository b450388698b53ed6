package diff

import (
	"time"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// recordFor is what an apply of the plan leaves at a destination; nil where the record
// there has the same facts, or the root is not ours.
func recordFor(all *planned, d config.Destination, p Place) (*known.Record, []notice.Note) {
	w := all.world
	inv := w.Inventories[d.Name]
	if !w.Readable(d.Name) || inv.Owner != w.Spec.Name && !p.Own {
		return nil, nil
	}
	misses := all.misses(d.Name)
	notes := noteServer(inv, misses)
	if inv.KnownProblem != "" {
		notes = append(notes, notice.Note{Kind: &notice.Record, Place: d.Name, Why: inv.KnownProblem})
	}
	last := inv.Known
	r := &known.Record{Name: w.Spec.Name, Place: d.Name, At: w.Now.UTC(), Seq: 1, Sets: []known.Set{}}
	if last != nil {
		r.Seq = last.Seq + 1
	}
	r.Server = recordedServer(inv, misses, w.Now)
	if last != nil && inv.Server.ChangeFrom(last) != known.Replaced {
		r.Moves = last.Moves
	}
	recordSets(r, all, inv)
	recordAccepted(r, all, inv)
	recordFindings(r, w.Flags, inv)
	var verdicts []known.Verdict
	var sourced []known.Sourced
	for _, g := range all.at(d.Name) {
		verdicts = append(verdicts, g.Verdicts...)
		sourced = append(sourced, sourcedOf(g, last)...)
		if g.Room.Made() {
			r.MadeRoom(g.VM, g.Room.Since)
		}
	}
	r.SetVerdicts(verdicts)
	r.SetSourced(sourced)
	unfinished := len(inv.Going) > 0 || inv.KnownPending || inv.KnownProblem != ""
	if known.SameFacts(last, r) && !all.parts[d.Name].busy() && !p.Own && len(p.Observed) == 0 && !unfinished {
		return nil, notes
	}
	return r, notes
}

// recordSets takes over the complete sets, those recorded before whose state is not
// known now, and those that have vanished.
func recordSets(r *known.Record, all *planned, inv state.Inventory) {
	last := inv.Known
	var sets []known.Set
	for _, s := range inv.Sets {
		was, recorded := last.Find(s.Key.AsRecorded())
		switch {
		case s.State == state.Complete && s.Marked && utf8.ValidString(s.VM):
			sets = append(sets, recordedSet(s, was))
		case recorded: // it is there, but damaged, for example
			was.Seen = time.Time{}
			sets = append(sets, was)
		}
	}
	if last == nil {
		r.Put(sets...)
		return
	}
	for _, s := range last.Sets {
		if _, there := inv.Find(state.KeyOf(s.Key)); !there && inv.Unsure(s.VM) {
			sets = append(sets, s)
		}
	}
	for _, g := range all.at(inv.Place) {
		for _, s := range g.Vanished {
			s.Seen = last.LastSeen(s).UTC()
			sets = append(sets, s)
		}
	}
	r.Put(sets...)
}

// recordedSet is a set as a record has it. The digest of its manifest is carried over
// where it was not read now.
func recordedSet(s state.Set, was known.Set) known.Set {
	x := RecordOf(s.Key, s.Files)
	switch {
	case s.Manifest != nil:
		x.Manifest = s.Manifest.Digest()
	case was.SHA256 == x.SHA256:
		x.Manifest = was.Manifest
	}
	return x
}

// RecordOf is a set with those files as a record has it.
func RecordOf(k state.Key, files []state.File) known.Set {
	return known.Set{Key: k.AsRecorded(), Files: len(files), Bytes: state.TotalBytes(files), SHA256: state.Digest(files)}
}

// recordAccepted takes over what was accepted and is still there, or to come, and
// what this plan accepts.
func recordAccepted(r *known.Record, all *planned, inv state.Inventory) {
	if inv.Known != nil {
		for _, a := range inv.Known.Accepted {
			g := all.groups[state.Scope(inv.Place, a.VM)]
			if g == nil || g.Unknown != nil || holds(g, a) {
				r.Accept(a)
			}
		}
	}
	if part := all.parts[inv.Place]; part != nil {
		for _, a := range part.accepted {
			r.Accept(a)
		}
	}
}

// holds reports whether a set of the group has, or gets, the content that was accepted.
func holds(g *decide.Group, a known.Acceptance) bool {
	d, there := g.Of(state.KeyOf(a.Key))
	return there && d.Holds(a)
}

// recordFindings takes over what was found of the copies that are there, or may come
// back, and that this plan does not accept.
func recordFindings(r *known.Record, o Options, inv state.Inventory) {
	if inv.Known == nil {
		return
	}
	trashed := map[state.Key]bool{}
	for _, t := range inv.Trash {
		trashed[t.Key] = true
	}
	for _, f := range inv.Known.Findings {
		k := state.KeyOf(f.Key)
		s, there := inv.Find(k)
		is := there && (s.Manifest == nil || s.Manifest.Identity() == f.Manifest)
		accepted := is && o.AcceptsInFull(state.Address(inv.Place, k))
		if !accepted && (is || inv.Unsure(k.VM) || trashed[k]) {
			r.Note(f)
		}
	}
}

// sourcedOf is whether the source of a VM holds it, and since when it is gone from there;
// none where nobody knows.
func sourcedOf(g *decide.Group, last *known.Record) []known.Sourced {
	if g.Rule == observe.Unassigned || g.Ended || !utf8.ValidString(g.VM) {
		return nil
	}
	was, _, recorded := last.SourcedOf(g.VM)
	seen, gone := g.GoneSince()
	switch {
	case gone:
		return []known.Sourced{{VM: g.VM, Seen: seen.UTC()}}
	case g.Unknown != nil || g.SourceSilent():
		if recorded {
			return []known.Sourced{was}
		}
	case g.AtSource() && g.BackedUp():
		return []known.Sourced{{VM: g.VM}}
	}
	return nil
}
