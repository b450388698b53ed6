package session

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"
)

// PlanWhenSettled is Plan that waits once for sets that are still being
// written: a nightly run may begin while the backup program ends.
func PlanWhenSettled(ctx context.Context, e *Env, r Reading, options diff.Options) (Planned, error) {
	planned, err := Plan(ctx, e, r, options)
	at, clockErr := e.Moment()
	if errors.Join(err, clockErr) != nil || at.Set {
		return planned, err
	}
	left, sets := unsettled(r.Spec, planned.World.Inventories, at.Now)
	if len(sets) == 0 {
		return planned, nil
	}
	planned.World.CloseAll()
	e.Report.Logf(slog.LevelInfo, "Waiting %s for %s that may still be written (%s). To continue without waiting: -no-wait.",
		left.Round(time.Second), wording.Count(len(sets), "set"), providers.Escape(sets[0].String()))
	if err := providers.Sleep(ctx, left); err != nil {
		planned.World = &World{}
		return planned, err
	}
	again, err := Plan(ctx, e, r, options)
	if err != nil { // what was read before the wait is still known
		again.Plan, again.Input = planned.Plan, planned.Input
	}
	return again, err
}

// unsettled returns the sets of backups that have not settled, and how long it takes
// until all have. A set that is dated in the future is not among them.
func unsettled(spec *config.Spec, inventories map[string]state.Inventory, now time.Time) (left time.Duration, sets []state.Key) {
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
