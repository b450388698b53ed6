package session

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// World is the set of open places and what was read of each.
type World struct {
	Stores      map[string]providers.Store
	Inventories map[string]state.Inventory // by place
}

// CloseAll ends all sessions.
func (w *World) CloseAll() {
	var closing sync.WaitGroup
	for _, s := range w.Stores {
		closing.Go(func() { s.Close() })
	}
	closing.Wait()
}

// Reading is what is to be read, and how.
type Reading struct {
	Config
	Parallelism int    // places at once; 0: all
	Times       bool   // of all files at destinations; else of those that a plan asks for
	TakeOver    bool   // roots that belong to others, or did
	Retry       *Retry // of destinations that cannot be reached; nil: none
}

// Read opens and reads all places of a configuration at the same time. A place that
// cannot be opened or read has the reason in its inventory.
func Read(ctx context.Context, e *Env, r Reading, now time.Time) *World {
	w := &World{Stores: map[string]providers.Store{}, Inventories: map[string]state.Inventory{}}
	var mu sync.Mutex
	var fills []func()
	fill := func(name, kind string, settings providers.Settings, how func(providers.Store) state.Inventory) {
		fills = append(fills, func() {
			start := time.Now()
			store, err := e.Open(ctx, name, kind, settings, r.Secrets)
			inv := state.Inventory{Place: name, Err: err}
			if err == nil {
				inv = how(store)
			}
			e.Report.Logf(slog.LevelDebug, "read %s (%s): %d sets in %s", name, settings.Place(), len(inv.Sets), time.Since(start).Round(time.Millisecond))
			mu.Lock()
			defer mu.Unlock()
			w.Inventories[name] = inv
			if store != nil {
				w.Stores[name] = store
			}
		})
	}
	for _, s := range r.Spec.Sources {
		fill(s.Name, s.Type, s.Settings, func(store providers.Store) state.Inventory { return read.Source(ctx, store, s, now) })
	}
	for _, d := range r.Spec.Destinations {
		fill(d.Name, d.Type, d.Settings, func(store providers.Store) state.Inventory {
			inv := readDestination(ctx, store, d, r.Times)
			checkAgainstRecord(ctx, e, r, d, store, &inv)
			if lacks, ok := providers.As[providers.SupportChecker](store); ok && inv.Err == nil {
				inv.Err = lacks.CheckSupport()
			}
			return inv
		})
	}
	// When ctx is done, each place has that as the reason in its inventory.
	parallel.All(context.WithoutCancel(ctx), cmp.Or(r.Parallelism, len(fills)), len(fills), func(i int) { fills[i]() })
	return w
}

func readDestination(ctx context.Context, store providers.Store, d config.Destination, times bool) state.Inventory {
	if times {
		return read.Destination(ctx, store, d)
	}
	return read.WithoutTimes(ctx, store, d)
}

// prove reads the manifests of those sets and adds the result to the inventories.
func (w *World) prove(ctx context.Context, unproven map[string][]state.Key) {
	for place, keys := range unproven {
		inv := w.Inventories[place]
		var sets []state.Set
		for _, k := range keys {
			if s, ok := inv.Find(k); ok {
				sets = append(sets, s)
			}
		}
		for _, s := range read.Manifests(ctx, w.Stores[place], sets) {
			inv.Put(s)
		}
	}
}

// ProveAll reads the manifests of all sets that have one: a list must not call a set
// complete that a plan calls damaged.
func (w *World) ProveAll(ctx context.Context) { w.ProveVMs(ctx, anyVM) }

// ProveVMs reads the manifests of all sets of those VMs.
func (w *World) ProveVMs(ctx context.Context, vms func(string) bool) {
	for place := range w.Inventories {
		w.proveAt(ctx, place, vms)
	}
}

func (w *World) proveAt(ctx context.Context, place string, vms func(string) bool) {
	var keys []state.Key
	for _, s := range w.Inventories[place].Sets {
		if s.Marked && s.Manifest == nil && vms(s.VM) {
			keys = append(keys, s.Key)
		}
	}
	if len(keys) > 0 {
		w.prove(ctx, map[string][]state.Key{place: keys})
	}
}

func anyVM(string) bool { return true }
