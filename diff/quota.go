package diff

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// ErrQuota: a destination would hold more than its quota at some time.
var ErrQuota = errors.New("would hold more than its quota")

// planWithin plans a destination. What its quota does not allow is refused before the
// first byte: the peak is known in advance. Where deletes make room for the uploads, those
// that fit are planned.
func (w *planner) planWithin(d state.Destination) (DestinationPlan, error) {
	p, err := w.planDestination(d, queue{})
	if err != nil || d.Quota == 0 || p.within(d.Quota) {
		return p, err
	}
	if part, ok := w.planFitting(d, p.postponable()); ok {
		return part, nil
	}
	err = providers.WithHint(fmt.Errorf("destination %q %w: %s now, up to %s while the plan is carried out, quota = %s",
		d.Name, ErrQuota, state.FormatBytes(p.held), state.FormatBytes(p.peak()), state.FormatBytes(d.Quota)),
		"Keep fewer sets, raise quota, or delete before the uploads: order = \"delete_first\" in its backup.")
	refused := DestinationPlan{Name: d.Name, refused: err}
	if w.Options.Partial {
		refused.notes.add(notice.Note{Place: d.Name, Kind: &notice.Quota, Why: strings.TrimPrefix(err.Error(), fmt.Sprintf("destination %q ", d.Name))})
		return refused, nil
	}
	return refused, err
}

// within reports whether the plan never needs more than a quota. Where nothing comes,
// nothing does.
func (p *DestinationPlan) within(quota int64) bool {
	return p.peak() <= quota || !slices.ContainsFunc(p.Changes, Change.uploads)
}

// peak is the most that the destination may hold while uploads run, in bytes: cleanups
// come first, groups run side by side, and what others put there is not known.
func (p *DestinationPlan) peak() int64 {
	return peak(p.Name, p.held, p.Cleanups, p.Changes)
}

func peak(place string, held int64, cleanups []Cleanup, changes []Change) int64 {
	for _, c := range cleanups {
		if c.Place == place && c.Kind != ReturnCleanup {
			held -= c.Bytes
		}
	}
	for _, c := range changes {
		if at, _, _ := state.SplitAddress(c.Address); at == place {
			held += c.rise()
		}
	}
	return held
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

// rise is by how much the destination grows with the change until the uploads are done, in
// bytes; negative where it shrinks. Deletes that wait for the uploads make no room.
func (c Change) rise() int64 {
	switch {
	case c.Early:
		return -c.Frees()
	case c.uploads():
		return c.Bytes - c.StartedBytes()
	}
	return 0
}
