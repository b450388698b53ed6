package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/readmark"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/files"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// Restorable reads what the destinations of a configuration hold, as far as a restore has
// to know it: no source, no record of this machine. The stores stay open; the caller closes
// the world.
func Restorable(ctx context.Context, e *Env, c Config, in restore.Input) (restore.Input, *World) {
	w := &World{Stores: map[string]providers.Store{}, Inventories: map[string]state.Inventory{}}
	all := c.Spec.Destinations
	stores := make([]providers.Store, len(all))
	inventories := make([]state.Inventory, len(all))
	in.Holdings = make([]restore.Holding, len(all))
	parallel.All(context.WithoutCancel(ctx), len(all), len(all), func(i int) {
		d := all[i]
		in.Holdings[i].Place, in.Holdings[i].Err = restorePlace(d)
		store, err := e.Open(ctx, d.Name, d.Type, d.Settings, c.Secrets)
		if err != nil {
			in.Holdings[i].Err = err
			return
		}
		stores[i], inventories[i] = store, read.Destination(ctx, store, d)
		in.Holdings[i].Err = inventories[i].Err
		if inventories[i].Err == nil {
			read.Findings(ctx, store, &inventories[i])
		}
		in.Holdings[i].Sets, in.Holdings[i].Trash = inventories[i].Sets, trashed(inventories[i])
		_, in.Holdings[i].Local = providers.As[providers.Folder](store)
	})
	for i, d := range all {
		if stores[i] != nil {
			w.Stores[d.Name] = stores[i]
		}
	}
	// First the places that were named: which sets these are is asked of the others.
	prove(ctx, in, all, stores, func(place string, k state.Key) bool {
		return slices.ContainsFunc(in.Addresses, func(a restore.Address) bool { return a.Names(place, k) })
	})
	named := in.Keys()
	prove(ctx, in, all, stores, func(_ string, k state.Key) bool { return slices.Contains(named, k) })
	return in, w
}

// prove reads the manifests of the sets that want names, and what was proven of them.
func prove(ctx context.Context, in restore.Input, all []config.Destination, stores []providers.Store, want func(place string, k state.Key) bool) {
	parallel.All(ctx, len(all), len(all), func(i int) {
		h := &in.Holdings[i]
		if h.Err != nil {
			return
		}
		wanted := func(k state.Key) bool { return want(h.Name, k) }
		known := false
		for _, sets := range [][]state.Set{h.Sets, h.Trash} {
			known = fill(ctx, stores[i], sets, wanted) || known
		}
		if known {
			ledger := read.Proofs(ctx, stores[i], state.WorkDir(all[i].WorkDir), wanted)
			h.Proofs, h.Unproven = ledger.Proofs, ledger.Check()
		}
	})
}

// fill reads the manifests of those sets, and reports whether there are any.
func fill(ctx context.Context, store providers.Store, sets []state.Set, wanted func(state.Key) bool) bool {
	var at []int
	var some []state.Set
	for i, s := range sets {
		if wanted(s.Key) && s.Marked && s.Manifest == nil {
			at, some = append(at, i), append(some, s)
		}
	}
	for i, s := range read.Manifests(ctx, store, some) {
		sets[at[i]] = s
	}
	return len(some) > 0
}

// FindLayout gives the one destination of a configuration the layout of its sets, if they
// show one.
func FindLayout(ctx context.Context, e *Env, c Config) error {
	d := &c.Spec.Destinations[0]
	store, err := e.Open(ctx, d.Name, d.Type, d.Settings, c.Secrets)
	if err != nil {
		return failure.New("The place cannot be opened", failure.Hinted(err, providers.Hint(err)))
	}
	defer store.Close()
	if l, ok := read.Layout(ctx, store, state.WorkDir(d.WorkDir)); ok {
		d.Layout = l
	}
	return ctx.Err()
}

func restorePlace(d config.Destination) (restore.Place, error) {
	settings, err := json.Marshal(d.Settings)
	return restore.Place{Name: d.Name, Type: d.Type, Settings: settings, Location: d.Settings.Place(), WorkDir: state.WorkDir(d.WorkDir)}, err
}

// trashed are the sets in trash, as sets.
func trashed(inv state.Inventory) (sets []state.Set) {
	for _, t := range inv.Trash {
		s := state.Set{Key: t.Key, Path: t.Path, Dirs: t.Dirs, State: state.Unmarked}.With(t.Files)
		if s.Marked {
			s.State = state.Complete
		}
		sets = append(sets, s)
	}
	return sets
}

// OpenRestore opens the places that a restore reads from. One that cannot be opened does not
// hold up the others. The caller closes the places, also after an error.
func OpenRestore(ctx context.Context, e *Env, plan *restore.Plan, secrets providers.Secrets) (Places, error) {
	o := Places{Stores: map[string]providers.Store{}, Missing: map[string]error{}}
	var errs []error
	for _, place := range plan.Places {
		store, err := e.openRestore(ctx, place, secrets)
		if err != nil {
			o.Missing[place.Name] = err
			errs = append(errs, failure.Hinted(fmt.Errorf("%s: %w", place.Name, err), providers.Hint(err)))
			continue
		}
		o.Stores[place.Name] = store
	}
	if len(o.Stores) == 0 {
		return o, errors.Join(errs...)
	}
	return o, nil
}

func (e *Env) openRestore(ctx context.Context, place restore.Place, secrets providers.Secrets) (providers.Store, error) {
	d, err := e.driver(place.Type)
	if err != nil {
		return nil, err
	}
	settings := d.New()
	if err := json.Unmarshal(place.Settings, settings); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return e.Open(ctx, place.Name, place.Type, settings, secrets)
}

// LockTarget locks a folder, which is there, against other restores of this user: two would
// write to the same hidden files. Where no state can be kept on this machine, the lock is
// left out with a warning: it may be a rescue system.
func LockTarget(ctx context.Context, e *Env, dir string) (release func(), err error) {
	if err := e.State.Make(); err != nil {
		e.Report.Warn("State directory not writable", fmt.Sprintf("Another restore to %s would not be noticed: %v.", dir, err), "")
		return func() {}, nil
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	machine, _ := e.State.Locks()
	f, err := machine.TakeFile(ctx, "the restore to "+dir, "restore "+dir, 0)
	if _, held := errors.AsType[*lock.HeldError](err); held {
		return nil, failure.New("Another restore is running", failure.Hinted(err, "Wait until it has ended, or name another folder with -to."))
	}
	if err != nil {
		return nil, err
	}
	return func() { f.Release() }, nil
}

// MarkRestore marks the sets of a plan at the places that hold them, so that no apply
// deletes them until release is called. Where that is not possible, a warning is all.
func MarkRestore(ctx context.Context, e *Env, plan *restore.Plan, stores map[string]providers.Store) (release func()) {
	var places []readmark.Place
	for _, p := range plan.Places {
		if store := stores[p.Name]; store != nil && p.WorkDir != "" {
			places = append(places, readmark.Place{Name: p.Name, Store: store, Work: p.WorkDir, Sets: plan.At(p.Name)})
		}
	}
	return readmark.Leave(ctx, places, readmark.Options{
		Run: strings.ToLower(NewRunID(e.clock())), Host: Host(), // some servers fold the case of names
		Failed: func(place string, err error) {
			e.Report.Warn("No mark could be left at the destination", fmt.Sprintf("%s: %v. An apply may delete a set while it is read.", place, err), "")
		},
	})
}

// SealRestore makes the document of the plan of a restore, which expires after that time.
func SealRestore(e *Env, plan *restore.Plan, now time.Time, expires time.Duration) ([]byte, error) {
	doc, err := planfile.SealRestore(plan, planfile.Envelope{
		RunID: NewRunID(now), CreatedAt: now, ExpiresAt: now.Add(expires), ToolVersion: e.Version,
	}, planKey(e))
	return doc, failure.New("The plan cannot be saved", err)
}

// ReadRestore reads a plan file, and returns nil where it is not that of a restore.
func ReadRestore(e *Env, path string) (*planfile.SavedRestore, error) {
	const summary = "The plan file cannot be used"
	f, err := files.Open(path)
	if err != nil {
		return nil, nil // what it is, and why not, is for the reader of plans
	}
	defer f.Close()
	doc, err := readDocument(f)
	if err != nil || !planfile.IsRestore(doc) {
		return nil, nil
	}
	saved, err := planfile.OpenRestore(doc, planKey(e))
	if err != nil {
		return nil, failure.New(summary, fmt.Errorf("%s: %w", path, err))
	}
	return saved, nil
}
