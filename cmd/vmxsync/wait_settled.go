package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// computeWhenSettled is compute that waits once for sets that are still being
// written: a nightly run may begin while the backup program ends.
func (p *process) computeWhenSettled(ctx context.Context, spec *state.Spec, secrets providers.Secrets, options diff.Options) (*diff.Plan, *world, error) {
	plan, w, err := p.compute(ctx, spec, secrets, options)
	at, clockErr := p.clock()
	if errors.Join(err, clockErr) != nil || at.set {
		return plan, w, err
	}
	left, sets := unsettled(spec, w.inventories, at.now)
	if len(sets) == 0 {
		return plan, w, nil
	}
	w.close()
	p.ui.Logf(slog.LevelInfo, "Waiting %s for %s that may still be written (%s). To continue without waiting: -no-wait.",
		left.Round(time.Second), wording.Count(len(sets), "set"), providers.Escape(sets[0].String()))
	if err := providers.Sleep(ctx, left); err != nil {
		return nil, &world{}, err
	}
	return p.compute(ctx, spec, secrets, options)
}

// unsettled returns the sets of backups that have not settled, and how long it takes
// until all have. A set that is dated in the future is not among them.
func unsettled(spec *state.Spec, inventories map[string]state.Inventory, now time.Time) (left time.Duration, sets []state.Key) {
	for _, src := range spec.Sources {
		for _, s := range inventories[src.Name].Sets {
			wait := s.SettlesAt.Sub(now)
			if _, ours := spec.Assign(src.Name, s.VM); s.State != state.Settling || !ours || wait > src.Settle {
				continue
			}
			left = max(left, wait)
			sets = append(sets, s.Key)
		}
	}
	slices.SortFunc(sets, state.Key.Compare)
	return left, sets
}
