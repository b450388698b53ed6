package diff

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// vanishedRule is the code of the notice that recorded sets are absent and that no
// apply has deleted them.
const vanishedRule = string(state.Vanished)

// missVanished separates the sets that vanished from those whose loss is accepted.
func (c *group) missVanished(all []known.Set) {
	record := c.w.Inventories[c.dest.Name].Known
	for _, s := range all {
		k := state.KeyOf(s.Key)
		seen := "last seen " + record.LastSeen(s).UTC().Format(time.DateOnly)
		if c.w.Options.Accepts(c.address(k)) {
			c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Accepted, VM: c.vm, Item: k.String(), Why: "vanished, " + seen + ": no longer reported"})
			continue
		}
		c.vanished = append(c.vanished, s)
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Vanished, VM: c.vm, Item: k.String(), Bytes: s.Bytes, Why: seen, Also: serverToo(c.w.Inventories[c.dest.Name])})
	}
}

// record is what an apply of the plan leaves at a destination; nil where the record
// there has the same facts, or the root is not ours.
func (w *planner) record(d state.Destination, p Place) *known.Record {
	inv := w.Inventories[d.Name]
	if !w.readable(d.Name) || inv.Owner != w.Spec.Name && len(p.Steps) == 0 {
		return nil
	}
	if inv.KnownProblem != "" {
		w.notes.add(notice.Note{Place: d.Name, Kind: &notice.Record, Why: inv.KnownProblem})
	}
	w.noteServer(inv)
	last := inv.Known
	r := &known.Record{Name: w.Spec.Name, Place: d.Name, At: w.Now.UTC(), Seq: 1, Sets: []known.Set{}}
	if last != nil {
		r.Seq = last.Seq + 1
	}
	r.Server = w.recordedServer(inv)
	if last != nil && inv.Server.ChangeFrom(last) != known.Replaced {
		r.Moves = last.Moves
	}
	w.recordSets(r, inv)
	w.recordAccepted(r, d.Name)
	w.recordFindings(r, inv)
	w.recordVerdicts(r, d.Name)
	w.recordRoom(r, d.Name)
	w.recordSourced(r, d.Name)
	unfinished := len(inv.Going) > 0 || inv.KnownPending || inv.KnownProblem != ""
	if known.SameFacts(last, r) && !w.busy(d.Name) && len(p.Steps)+len(p.Observed) == 0 && !unfinished {
		return nil
	}
	return r
}

// recordSets takes over the complete sets, those recorded before whose state is not
// known now, and those that have vanished.
func (w *planner) recordSets(r *known.Record, inv state.Inventory) {
	last := inv.Known
	for _, s := range inv.Sets {
		was, recorded := last.Find(s.Key.AsRecorded())
		switch {
		case s.State == state.Complete && s.Marked && utf8.ValidString(s.VM):
			r.Put(recordedSet(s, was))
		case recorded: // it is there, but damaged, for example
			was.Seen = time.Time{}
			r.Put(was)
		}
	}
	if last == nil {
		return
	}
	for _, s := range last.Sets {
		if _, there := inv.Find(state.KeyOf(s.Key)); !there && inv.Unsure(s.VM) {
			r.Put(s)
		}
	}
	for _, c := range w.groups {
		if c.dest.Name != inv.Place {
			continue
		}
		for _, s := range c.vanished {
			s.Seen = last.LastSeen(s).UTC()
			r.Put(s)
		}
	}
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
func (w *planner) recordAccepted(r *known.Record, destination string) {
	if last := w.Inventories[destination].Known; last != nil {
		for _, a := range last.Accepted {
			c := w.groups[state.Scope(destination, a.VM)]
			if c == nil || c.unknown || c.holdsStill(a) {
				r.Accept(a)
			}
		}
	}
	for _, a := range w.acceptedAt(destination) {
		r.Accept(a)
	}
}

func (w *planner) acceptedAt(destination string) []known.Acceptance {
	if p := w.parts[destination]; p != nil {
		return p.accepted
	}
	return nil
}

func (c *group) holdsStill(a known.Acceptance) bool {
	return slices.ContainsFunc(c.candidates, func(s *candidate) bool {
		return s.key.AsRecorded() == a.Key && (state.Digest(s.content()) == a.SHA256 || s.forgiven && s.rewriteSum() == a.SHA256)
	})
}

// acceptSuspicious remembers the suspicious sets that a person has accepted, with
// the content that they have.
func (c *group) acceptSuspicious(sets []weighed) {
	last := c.w.Inventories[c.dest.Name].Known
	for _, s := range sets {
		if !s.pardoned && !(s.cleared && c.accepts(s.candidate)) {
			continue
		}
		a := known.Acceptance{Key: s.key.AsRecorded(), SHA256: state.Digest(s.content())}
		if last.Accepts(a.Key, a.SHA256) {
			continue
		}
		c.to.accepted = append(c.to.accepted, a)
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Accepted, VM: c.vm, Item: s.key.String(), Why: "suspicious, and counts from now on"})
	}
}
