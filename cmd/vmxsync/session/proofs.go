package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// ReadProofs reads the manifests of all sets of those destinations, and notes in the sets
// how and when they were proven. An error names what of their ledgers could not be read.
func (w *World) ReadProofs(ctx context.Context, all []config.Destination) error {
	errs := make([]error, len(all))
	parallel.All(ctx, len(all), len(all), func(i int) {
		name := all[i].Name
		inv, store := w.Inventories[name], w.Stores[name]
		if inv.Err != nil || store == nil {
			return
		}
		w.proveAt(ctx, name, anyVM)
		if err := read.Proven(ctx, store, state.WorkDir(all[i].WorkDir), &inv); err != nil && ctx.Err() == nil {
			errs[i] = failure.Hinted(fmt.Errorf("%s: %w", name, err), "These sets count as not known to be proven. vmxsync verify "+name+" proves them again.")
		}
	})
	return errors.Join(errs...)
}

// watched are the destinations with sets that must be proven within some time.
func watched(spec *config.Spec) (all []config.Destination) {
	for _, d := range spec.Destinations {
		if slices.ContainsFunc(spec.Backups, func(b config.Backup) bool {
			return !b.VerifiedWithin.IsZero() && slices.ContainsFunc(b.Copies, func(c config.Copy) bool { return c.Destination == d.Name })
		}) {
			all = append(all, d)
		}
	}
	return all
}

// SentProofs are, by destination, how a set is proven that is sent there now. Those are
// absent whose ledgers were not read.
func (w *World) SentProofs(now time.Time) map[string]state.Proven {
	all := map[string]state.Proven{}
	for name, inv := range w.Inventories {
		if !slices.ContainsFunc(inv.Sets, func(s state.Set) bool { return s.Proven != nil }) {
			continue
		}
		all[name] = state.Proven{Level: state.NeverProven}
		if level := read.LevelSent(w.Stores[name]); level != "" {
			all[name] = state.Proven{Level: level, At: now.UTC()}
		}
	}
	return all
}
