package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// world is the set of open places and what was read of each.
type world struct {
	stores      map[string]providers.Store
	inventories map[string]state.Inventory
}

// close ends all sessions.
func (w *world) close() {
	var closing sync.WaitGroup
	for _, s := range w.stores {
		closing.Go(func() { s.Close() })
	}
	closing.Wait()
}

// readWorld opens and reads all places of a configuration at the same time. A
// place that cannot be opened or read has the reason in its inventory.
func (p *process) readWorld(ctx context.Context, spec *state.Spec, secrets providers.Secrets, now time.Time) *world {
	w := &world{stores: map[string]providers.Store{}, inventories: map[string]state.Inventory{}}
	var mu sync.Mutex
	var reading sync.WaitGroup
	turns := make(chan struct{}, max(p.parallelism, 1))
	read := func(name, kind string, settings providers.Settings, how func(providers.Store) state.Inventory) {
		reading.Go(func() {
			if p.parallelism > 0 {
				turns <- struct{}{}
				defer func() { <-turns }()
			}
			start := time.Now()
			store, err := p.open(ctx, name, kind, settings, secrets)
			inv := state.Inventory{Place: name, Err: err}
			if err == nil {
				inv = how(store)
			}
			p.ui.logf(levelDebug, "read %s (%s): %d sets in %s", name, settings.Place(), len(inv.Sets), time.Since(start).Round(time.Millisecond))
			mu.Lock()
			defer mu.Unlock()
			w.inventories[name] = inv
			if store != nil {
				w.stores[name] = store
			}
		})
	}
	for _, s := range spec.Sources {
		read(s.Name, s.Type, s.Settings, func(store providers.Store) state.Inventory { return state.ReadSource(ctx, store, s, now) })
	}
	for _, d := range spec.Destinations {
		read(d.Name, d.Type, d.Settings, func(store providers.Store) state.Inventory {
			inv := state.ReadDestination(ctx, store, d)
			p.checkAgainstRecord(ctx, spec, d, store, &inv)
			if lacks, ok := providers.As[providers.SupportChecker](store); ok && inv.Err == nil {
				inv.Err = lacks.CheckSupport()
			}
			return inv
		})
	}
	reading.Wait()
	return w
}

// prove reads the manifests of those sets and adds the result to the inventories.
func (w *world) prove(ctx context.Context, unproven map[string][]state.Key) {
	for place, keys := range unproven {
		inv := w.inventories[place]
		var sets []state.Set
		for _, k := range keys {
			if s, ok := inv.Find(k); ok {
				sets = append(sets, s)
			}
		}
		for _, s := range state.ReadManifests(ctx, w.stores[place], sets) {
			inv.Put(s)
		}
	}
}

// proveAll reads the manifests of all sets that have one: a list must not call a set
// complete that a plan calls damaged.
func (w *world) proveAll(ctx context.Context) { w.proveVMs(ctx, func(string) bool { return true }) }

// proveVMs reads the manifests of all sets of those VMs.
func (w *world) proveVMs(ctx context.Context, vms func(string) bool) {
	all := map[string][]state.Key{}
	for place, inv := range w.inventories {
		for _, s := range inv.Sets {
			if s.Marked && s.Manifest == nil && vms(s.VM) {
				all[place] = append(all[place], s.Key)
			}
		}
	}
	w.prove(ctx, all)
}

// open opens one place. The name goes into errors.
func (p *process) open(ctx context.Context, name, kind string, settings providers.Settings, secrets providers.Secrets) (providers.Store, error) {
	d, err := driver(kind)
	if err != nil {
		return nil, err
	}
	if err := p.checkSettings(settings); err != nil {
		return nil, err
	}
	store, err := d.Open(p.noticed(p.traced(ctx, name), name), settings, secrets)
	if err != nil {
		return nil, err
	}
	return store, nil
}

// checkSettings matters for settings from a plan file; those of a configuration have
// been checked when it was loaded.
func (p *process) checkSettings(settings providers.Settings) error {
	for _, problem := range settings.Check() {
		if !problem.Warning {
			return fmt.Errorf("%s: %s", problem.Attribute, problem.Detail)
		}
	}
	return nil
}
