package diff

import (
	"maps"
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// notes are all that is to be reported, in the order in which it was found.
type notes []notice.Note

func (n *notes) add(x notice.Note) { *n = append(*n, x) }

// note reports something about a set of the group, or about its VM where the set has
// no key.
func (c *group) note(kind *notice.Kind, s state.Set, why string) {
	x := notice.Note{Place: c.dest.Name, Kind: kind, VM: c.vm, Bytes: s.Bytes(), Why: why}
	if s.Stamp != "" {
		x.Item = s.Key.String()
		if c.inPlace() {
			x.Again = c.sendAgain(s.Key)
		}
	}
	c.to.notes.add(x)
}

// noteReserved warns of names that could not be restored to Windows.
func (c *group) noteReserved(s *candidate) {
	for _, f := range s.local.Files {
		if p := s.key.VM + "/" + f.Path; providers.ReservedOnWindows(p) {
			c.note(&notice.Reserved, state.Set{Key: s.key}, f.Path)
			return
		}
	}
}

// noteKept reports why a set that stays needs attention.
func (c *group) noteKept(s *candidate) {
	c.noteUnadopted(s)
	switch {
	case c.w.Options.Destroy:
	case c.unknown:
	case c.rule != "":
		if s.state == state.Damaged {
			c.noteDamaged(s)
		}
		if !displaced(s.remote) {
			c.note(notice.Of(c.rule), *s.remote, "")
		}
	case s.beingDeleted():
		c.note(&notice.Outgoing, *s.remote, "")
	case s.half && s.inPlace:
		c.note(&notice.Half, *s.remote, "")
	case s.state == state.Unmarked && !s.trusted && c.dest.TrustUnmarked:
		c.note(&notice.Untrusted, *s.remote, "")
	case s.state == state.Unmarked && !s.trusted:
		c.note(&notice.Unmarked, *s.remote, "")
	case s.state == state.Differs && (s.rewritten() || c.overwritten && c.rewrittenLocally(s)):
		c.noteRewritten(s)
	case s.state == state.OfAnother:
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.OfAnother, VM: c.vm, Item: s.key.String(), Why: "made by " + s.remote.Manifest.Owner})
	case s.state == state.Damaged:
		c.noteDamaged(s)
	case s.state == state.Differs, s.state == state.Unknown:
		c.note(notice.Of(string(s.state)), *s.remote, s.remote.Problem)
	}
}

// noteGroup passes on the notices of retention, but for unknown sets: noteKept reports them.
func (c *group) noteGroup(r retention.Result) {
	for _, n := range r.Notices {
		if n.Code != string(state.Unknown) {
			c.note(notice.Of(n.Code), state.Set{}, "")
		}
	}
	for _, p := range c.policy.Pins {
		if p.VM == c.vm && c.candidate(p.Key) == nil {
			c.note(&notice.Pin, state.Set{Key: p.Key}, "")
		}
	}
}

// badName notes, as that kind, a VM whose name cannot be used: nothing of it is touched.
func (n *notes) badName(place string, kind *notice.Kind, vm string) bool {
	err := providers.CheckName(vm)
	if err != nil {
		n.add(notice.Note{Place: place, Kind: kind, VM: vm, Item: vm, Why: err.Error()})
	}
	return err != nil
}

// noteSources reports what the sources hold that is not uploaded, or not yet.
func (w *planner) noteSources() {
	for _, s := range w.Spec.Sources {
		for _, vm := range slices.Sorted(maps.Keys(w.holds[s.Name])) {
			w.noteSourceVM(s, vm)
		}
		w.noteUnheld(s)
		w.noteNames(s.Name, &notice.Name, "If it is no VM, list its name in exclude of its backup.", w.wanted(s))
		for _, p := range w.Inventories[s.Name].Unsupported {
			w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Unsupported, Item: p})
		}
	}
}

// noteNames reports, as that kind, names that would be a set or a VM and are
// skipped: at a source they are not backed up.
func (w *planner) noteNames(place string, kind *notice.Kind, hint string, wanted func(string) bool) {
	inv := w.Inventories[place]
	for _, p := range inv.Links {
		if wanted(p) {
			w.notes.add(notice.Note{Place: place, Kind: kind, Item: p, Why: "it is a link, and links are never followed", Hint: hint})
		}
	}
	for _, p := range inv.Unusable {
		if wanted(p) {
			w.notes.add(notice.Note{Place: place, Kind: kind, Item: p, Why: unusable(p), Hint: hint})
		}
	}
}

// wanted says of the paths of a source whether a backup would send what has that name:
// what exclude names is none of its, and what none matches is reported as such.
func (w *planner) wanted(s state.Source) func(string) bool {
	return func(p string) bool {
		vm, _ := s.Layout.Fits(p)
		if vm == "" {
			return true
		}
		b, ok := w.Spec.Assign(s.Name, vm)
		if !ok && b.Name == "" {
			w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Unmatched, VM: vm})
		}
		return ok
	}
}

// anyPath wants every path.
func anyPath(string) bool { return true }

func unusable(p string) string {
	if err := providers.CheckPath(p); err != nil {
		return err.Error()
	}
	return providers.ErrName.Error()
}

func (w *planner) noteSourceVM(s state.Source, vm string) {
	b, ok := w.Spec.Assign(s.Name, vm)
	switch {
	case vm == state.AnyVM || w.Inventories[s.Name].UnknownVMs[vm] != "":
		w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Unknown, VM: vm, Why: whyUnknown(w.Inventories[s.Name], vm)})
	case !ok && b.Name != "": // excluded
		return
	case w.notes.badName(s.Name, &notice.Name, vm):
		return
	case !ok:
		w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Unmatched, VM: vm})
		return
	}
	if b.Retires(vm) {
		w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Returned, VM: vm})
	}
	w.noteNew(s, b, vm)
	w.noteSets(s, b, vm)
}
