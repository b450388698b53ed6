package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// note is one thing to report. All notes of one place and code become one
// Notice: a thousand unmarked sets are one line.
type note struct {
	place, code string
	vm          string // "" where it is about the place
	item        string // "Bart/2026-11-21-010000", or a path
	bytes       int64
	why         string
	hint        string // the way out; one for all notes of a place and code
	again       string // the command that sends the local set again; "" for -replace
	also        string // a sentence for all notes of a place and code, with a blank before it
	owner       string
}

// notes collects by place and code.
type notes struct {
	tallies map[[2]string]*tally
}

// tally is what all notes of one place and code add up to.
type tally struct {
	first note   // the one whose item sorts first
	shown []note // the first few by item
	items int
	hint  string
	vms   map[string]bool
	bytes int64
}

func (n *notes) add(x note) {
	key := [2]string{x.place, x.code}
	if n.tallies == nil {
		n.tallies = map[[2]string]*tally{}
	}
	t := n.tallies[key]
	if t == nil {
		t = &tally{vms: map[string]bool{}}
		n.tallies[key] = t
	}
	t.show(x)
	t.items++
	t.bytes += x.bytes
	if t.hint == "" {
		t.hint = x.hint
	}
	if x.vm != "" {
		t.vms[x.vm] = true
	}
}

// of is a copy of the notes of a place.
func (n *notes) of(place string) notes {
	c := notes{tallies: map[[2]string]*tally{}}
	for key, t := range n.tallies {
		if key[0] == place {
			same := *t
			same.shown, same.vms = slices.Clone(t.shown), maps.Clone(t.vms)
			c.tallies[key] = &same
		}
	}
	return c
}

// restore replaces the notes of a place by earlier ones.
func (n *notes) restore(place string, earlier notes) {
	maps.DeleteFunc(n.tallies, func(key [2]string, _ *tally) bool { return key[0] == place })
	for key, t := range earlier.of(place).tallies {
		n.tallies[key] = t
	}
}

// shownNotes is how many of many are named.
const shownNotes = 3

func (t *tally) show(x note) {
	at, _ := slices.BinarySearchFunc(t.shown, x.item, func(n note, item string) int { return strings.Compare(n.item, item) })
	if at < shownNotes {
		t.shown = slices.Insert(t.shown, at, x)
		t.shown = t.shown[:min(len(t.shown), shownNotes)]
	}
	t.first = t.shown[0]
}

// note reports something about a set of the group, or about its VM where the set has
// no key.
func (c *group) note(code string, s state.Set, why string) {
	x := note{place: c.dest.Name, code: code, vm: c.vm, bytes: s.Bytes(), why: why}
	if s.Stamp != "" {
		x.item = s.Key.String()
		if c.inPlace() {
			x.again = c.sendAgain(s.Key)
		}
	}
	c.w.notes.add(x)
}

// noteReserved warns of names that could not be restored to Windows.
func (c *group) noteReserved(s *candidate) {
	for _, f := range s.local.Files {
		if p := s.key.VM + "/" + f.Path; providers.ReservedOnWindows(p) {
			c.note("reserved", state.Set{Key: s.key}, f.Path)
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
			c.note(c.rule, *s.remote, "")
		}
	case s.beingDeleted():
		c.note("outgoing", *s.remote, "")
	case s.half && s.inPlace:
		c.note("half", *s.remote, "")
	case s.state == state.Unmarked && !s.trusted && c.dest.TrustUnmarked:
		c.note("untrusted", *s.remote, "")
	case s.state == state.Unmarked && !s.trusted:
		c.note("unmarked", *s.remote, "")
	case s.state == state.Differs && (s.rewritten() || c.overwritten && c.rewrittenLocally(s)):
		c.noteRewritten(s)
	case s.state == state.OfAnother:
		c.w.notes.add(note{place: c.dest.Name, code: string(s.state), vm: c.vm, item: s.key.String(), why: "made by " + s.remote.Manifest.Owner})
	case s.state == state.Damaged:
		c.noteDamaged(s)
	case s.state == state.Differs, s.state == state.Unknown:
		c.note(string(s.state), *s.remote, s.remote.Problem)
	}
}

// noteGroup passes on the notices of retention, but for unknown sets: noteKept reports them.
func (c *group) noteGroup(r retention.Result) {
	for _, n := range r.Notices {
		if n != retention.UnknownSet {
			c.note(string(n), state.Set{}, "")
		}
	}
	for _, p := range c.policy.Pins {
		if p.VM == c.vm && c.candidate(p.Key) == nil {
			c.note("pin", state.Set{Key: p.Key}, "")
		}
	}
}

// badName notes, under that code, a VM whose name cannot be used: nothing of it is touched.
func (w *planner) badName(place, code, vm string) bool {
	err := providers.CheckName(vm)
	if err != nil {
		w.notes.add(note{place: place, code: code, vm: vm, item: vm, why: err.Error()})
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
		w.noteNames(s.Name, "name", "If it is no VM, list its name in exclude of its backup.", w.wanted(s))
		for _, p := range w.Inventories[s.Name].Unsupported {
			w.notes.add(note{place: s.Name, code: "unsupported", item: p})
		}
	}
}

// noteNames reports, under that code, names that would be a set or a VM and are
// skipped: at a source they are not backed up.
func (w *planner) noteNames(place, code, hint string, wanted func(string) bool) {
	inv := w.Inventories[place]
	for _, p := range inv.Links {
		if wanted(p) {
			w.notes.add(note{place: place, code: code, item: p, why: "it is a link, and links are never followed", hint: hint})
		}
	}
	for _, p := range inv.Unusable {
		if wanted(p) {
			w.notes.add(note{place: place, code: code, item: p, why: unusable(p), hint: hint})
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
			w.notes.add(note{place: s.Name, code: "unmatched", vm: vm})
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
		w.notes.add(note{place: s.Name, code: "unknown", vm: vm, why: whyUnknown(w.Inventories[s.Name], vm)})
	case !ok && b.Name != "": // excluded
		return
	case w.badName(s.Name, "name", vm):
		return
	case !ok:
		w.notes.add(note{place: s.Name, code: "unmatched", vm: vm})
		return
	}
	if b.Retires(vm) {
		w.notes.add(note{place: s.Name, code: "returned", vm: vm})
	}
	w.noteNew(s, b, vm)
	w.noteSets(s, b, vm)
}
