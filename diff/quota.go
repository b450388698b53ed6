package diff

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// ErrQuota: a destination would hold more than its quota at some time.
var ErrQuota = errors.New("would hold more than its quota")

// planWithin plans a destination, and drops that part of the plan where its quota does
// not allow it: a peak that is known in advance is refused before the first byte.
// Where deletes make room for the uploads, those that fit are planned.
func (w *planner) planWithin(d state.Destination) error {
	before := w.mark(d)
	w.postponed, w.queued = nil, nil
	if err := w.planDestination(d); err != nil || d.Quota == 0 {
		return err
	}
	if w.withinQuota(d, before) {
		return nil
	}
	held, peak := w.peak(d, before)
	if w.planFitting(d, before, w.postponable(d)) {
		return nil
	}
	err := providers.WithHint(fmt.Errorf("destination %q %w: %s now, up to %s while the plan is carried out, quota = %s",
		d.Name, ErrQuota, state.FormatBytes(held), state.FormatBytes(peak), state.FormatBytes(d.Quota)),
		"Keep fewer sets, raise quota, or delete before the uploads: order = \"delete_first\" in its backup.")
	w.forget(d, before)
	w.Inventories[d.Name] = state.Inventory{Place: d.Name, Err: err}
	if w.Options.Partial {
		w.notes.add(note{place: d.Name, code: "quota", why: strings.TrimPrefix(err.Error(), fmt.Sprintf("destination %q ", d.Name))})
		return nil
	}
	return err
}

// withinQuota reports whether what is planned for a destination never needs more than
// its quota. Where nothing comes, nothing does.
func (w *planner) withinQuota(d state.Destination, since mark) bool {
	_, peak := w.peak(d, since)
	return peak <= d.Quota || !slices.ContainsFunc(w.plan.Changes[since.changes:], Change.Uploads)
}

// mark is how much of a plan is made before a destination is planned.
type mark struct {
	changes, cleanups, kept, groups int
	notes                           notes // of the destination
	selection                       selection
}

func (w *planner) mark(d state.Destination) mark {
	return mark{
		len(w.plan.Changes), len(w.plan.Cleanups), len(w.plan.Kept), len(w.plan.Groups),
		w.notes.of(d.Name), selection{slices.Clone(w.selection.excluded), w.selection.added},
	}
}

// forget drops what was planned for a destination since then.
func (w *planner) forget(d state.Destination, m mark) {
	p := w.plan
	p.Changes, p.Cleanups, p.Kept, p.Groups = p.Changes[:m.changes], p.Cleanups[:m.cleanups], p.Kept[:m.kept], p.Groups[:m.groups]
	delete(w.touched, d.Name)
	delete(w.busy, d.Name)
	delete(w.accepted, d.Name)
	for scope, c := range w.groups {
		if c.dest.Name == d.Name {
			delete(w.groups, scope)
		}
	}
	w.notes.restore(d.Name, m.notes)
	w.selection = selection{slices.Clone(m.selection.excluded), m.selection.added}
}

// peak is what a destination holds now and the most that it may hold while
// uploads run, in bytes: cleanups come first, groups run side by side, and what
// others put there is not known.
func (w *planner) peak(d state.Destination, since mark) (held, peak int64) {
	held = holding(w.Inventories[d.Name])
	peak = held
	for _, c := range w.plan.Cleanups[since.cleanups:] {
		if c.Kind != ReturnCleanup {
			peak -= c.Bytes
		}
	}
	for _, c := range w.groups {
		if c.dest.Name == d.Name {
			peak += c.rise()
		}
	}
	return held, peak
}

// holding adds up the bytes of all that was seen, ours and other tools' sets.
func holding(inv state.Inventory) (n int64) {
	for _, s := range inv.Sets {
		n += s.Bytes()
	}
	for _, s := range inv.Staged {
		n += s.Bytes()
		if s.AtFinal() {
			n += s.Set.Bytes()
		}
	}
	for _, t := range inv.Trash {
		n += t.Bytes()
	}
	return n
}

// rise is by how much the group grows until its uploads are done,
// in bytes; negative where it shrinks. Deletes that wait for the uploads make no room.
func (c *group) rise() (level int64) {
	for _, change := range slices.Concat(c.early, c.creates) {
		level += change.rise()
	}
	return level
}

func (c Change) rise() int64 {
	switch {
	case c.Early:
		return -c.Frees()
	case c.Uploads():
		return c.Bytes - c.StartedBytes()
	}
	return 0
}

// peakAt is the most that a destination with a quota may hold while uploads
// run, in bytes.
func (p *Plan) peakAt(place Place) int64 {
	peak := place.Held
	for _, c := range p.Cleanups {
		if c.Place == place.Name && c.Kind != ReturnCleanup {
			peak -= c.Bytes
		}
	}
	for _, c := range p.Changes {
		if at, _, _ := state.SplitAddress(c.Address); at == place.Name {
			peak += c.rise()
		}
	}
	return peak
}
