package diff

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/observe"

	"github.com/vmxsync/vmxsync/state"
)

// ErrQuota: a destination would hold more than its quota at some time.
var ErrQuota = errors.New("would hold more than its quota")

// planWithin plans a destination. What its quota does not allow is refused before the
// first byte: the peak is known in advance. Where deletes make room for the uploads, those
// that fit are planned.
func planWithin(w *observe.World, d config.Destination) (DestinationPlan, error) {
	p, err := planDestination(w, d, observe.Queue{})
	if err != nil || d.Quota == 0 || p.within(d.Quota) {
		return p, err
	}
	if part, ok := planFitting(w, d, postponable(p.groups)); ok {
		return part, nil
	}
	err = providers.WithHint(fmt.Errorf("destination %q %w: %s now, up to %s while the plan is carried out, quota = %s",
		d.Name, ErrQuota, state.FormatBytes(p.held), state.FormatBytes(p.peak()), state.FormatBytes(d.Quota)),
		"Keep fewer sets, raise quota, or delete before the uploads: order = \"delete_first\" in its backup.")
	refused := DestinationPlan{Name: d.Name, refused: err}
	if !w.Flags.Partial {
		return refused, err
	}
	refused.Notes = []notice.Note{{Kind: &notice.Quota, Place: d.Name, Why: strings.TrimPrefix(err.Error(), fmt.Sprintf("destination %q ", d.Name))}}
	return refused, nil
}

// Where deletes make room for the uploads, one night without uploads leaves more sets
// to send than may go for them, and each night adds some. A plan that is all or
// nothing would be refused for ever. So what fits is sent: the newest set of each VM
// first, and then the others as older sets make room for them.

// waiting is an upload that may wait for a later plan.
type waiting struct {
	address string
	depth   int // how many newer uploads its VM has
	vm      string
}

// postponable are the uploads to a destination that may wait, those first that matter
// most. An upload that was begun continues.
func postponable(groups []*decide.Group) (all []waiting) {
	for _, g := range groups {
		if g.Order != config.DeleteFirst {
			continue
		}
		depth := 0
		for _, d := range g.Decisions { // newest first
			if d.Disposition == decide.Create {
				all = append(all, waiting{g.Address(d.Key), depth, g.VM})
			}
			if d.Disposition.Creates() {
				depth++
			}
		}
	}
	slices.SortFunc(all, func(a, b waiting) int { return cmp.Or(cmp.Compare(a.depth, b.depth), cmp.Compare(a.vm, b.vm)) })
	return all
}

// planFitting plans a destination with as many of those uploads as fit into its quota;
// false where no upload does.
func planFitting(w *observe.World, d config.Destination, candidates []waiting) (DestinationPlan, bool) {
	all := map[string]bool{}
	for _, x := range candidates {
		all[x.address] = true
	}
	try := func(waits map[string]bool) (DestinationPlan, bool) {
		p, err := planDestination(w, d, observe.Queue{All: all, Waits: waits})
		return p, err == nil && p.within(d.Quota)
	}
	waits := maps.Clone(all)
	newest, _ := slices.BinarySearchFunc(candidates, 1, func(x waiting, depth int) int { return cmp.Compare(x.depth, depth) })
	for _, x := range candidates[:newest] {
		delete(waits, x.address)
		if _, fits := try(waits); !fits {
			waits[x.address] = true
		}
	}
	rest := candidates[newest:]
	with := func(n int) (DestinationPlan, bool) {
		fewer := maps.Clone(waits)
		for _, x := range rest[:n] {
			delete(fewer, x.address)
		}
		return try(fewer)
	}
	n := sort.Search(len(rest), func(n int) bool {
		_, fits := with(n + 1)
		return !fits
	})
	p, fits := with(n)
	return p, fits && slices.ContainsFunc(p.Changes, Change.Uploads)
}
