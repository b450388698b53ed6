package apply

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// lockAll takes the lock of every destination that the plan changes or counts
// on, unless it is away. All runs take them in one order, so that no two wait for
// each other. Before it writes into a root it proves whose that is.
func (x *executor) lockAll(ctx context.Context, lost func(error)) error {
	var stale []error
	for _, p := range x.lockable() {
		err := x.mayEnter(ctx, p)
		if errors.Is(err, ErrStale) && x.touches(p) {
			stale = append(stale, err)
		} else if err != nil {
			x.lost[p.Name] = err
		}
	}
	if err := errors.Join(stale...); err != nil {
		return err
	}
	for _, p := range x.lockable() {
		if err := x.lock(ctx, p, lost); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// mayEnter proves whose root it is. Other work folders in one that is ours already
// are looked for under the lock.
func (x *executor) mayEnter(ctx context.Context, p diff.Place) error {
	store := x.opts.Stores[p.Name]
	if err := x.checkOwner(ctx, store, p); err != nil || !p.Own {
		return err
	}
	if err := x.refuseNeighbours(ctx, store, p); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// lock notes a destination that cannot be locked for another reason than a held lock.
func (x *executor) lock(ctx context.Context, p diff.Place, lost func(error)) error {
	waiting := func(held *lock.HeldError) { x.tell(Locked{p.Name, held}) }
	l, err := x.opts.Machine.Take(ctx, x.lockOf(p), lock.Options{Patience: x.opts.LockTimeout, Waiting: waiting, Lost: lost})
	switch {
	case err == nil:
		x.locks[p.Name] = l
		return x.compareClocks(ctx, p, l)
	case errors.Is(err, lock.ErrHeld) || ctx.Err() != nil:
		return err
	default:
		x.lost[p.Name] = fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// unlockAll releases all locks, also after an interrupt.
func (x *executor) unlockAll(ctx context.Context) {
	for name, l := range x.locks {
		if err := l.Release(ctx); err != nil {
			x.tell(Locked{name, err})
		}
	}
	clear(x.locks)
}

// lookAtLocks is lockAll for a run that changes nothing.
func (x *executor) lookAtLocks(ctx context.Context) error {
	for _, p := range x.lockable() {
		if err := x.opts.Machine.Look(ctx, x.lockOf(p)); errors.Is(err, lock.ErrHeld) || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// lockable are the destinations of jobs that are not away.
func (x *executor) lockable() []diff.Place {
	if x.opts.Machine == nil {
		return nil
	}
	needed := map[string]bool{}
	for _, j := range x.jobs {
		for _, name := range j.destinations() {
			needed[name] = true
		}
	}
	var places []diff.Place
	for _, p := range x.plan.Places {
		if needed[p.Name] && x.lost[p.Name] == nil && x.opts.Stores[p.Name] != nil {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b diff.Place) int { return strings.Compare(a.Location, b.Location) })
	return places
}

// destinations are the destinations that a job changes, or relies on if it changes a
// source.
func (j *job) destinations() []string {
	if j.place.Role == diff.DestinationRole {
		return []string{j.place.Name}
	}
	var names []string
	for _, s := range j.steps {
		for _, address := range s.Retains {
			name, _, _ := state.SplitAddress(address)
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (x *executor) lockOf(p diff.Place) lock.Place {
	store := x.opts.Stores[p.Name]
	return lock.Place{
		Name: p.Name, Key: p.Type + " " + p.Location, Store: store, Work: p.WorkDir,
		Signs: func(ctx context.Context) string { return signs(ctx, store, p) },
	}
}

// signs is a digest of the names and sizes of all files that uploads send there.
// Folders that cannot be read are left out.
func signs(ctx context.Context, store providers.Store, p diff.Place) string {
	seen := sha256.New()
	tree := func(dir string) []string {
		t, err := read.Folder(ctx, store, dir)
		if err != nil {
			return nil
		}
		for _, f := range t.Files {
			fmt.Fprintf(seen, "%q %d\n", path.Join(dir, f.Path), f.Size)
		}
		return t.Dirs
	}
	for _, staged := range tree(p.WorkDir.Staging()) {
		if k, err := state.ParseDecorated(staged); err == nil && p.Publish == state.InPlace {
			tree(p.Layout.Path(k))
		}
	}
	return fmt.Sprintf("%x", seen.Sum(nil))
}

// guard checks the locks that a step needs. While files are sent, the next step and the
// beat check them.
func (x *executor) guard(ctx context.Context, j *job, op diff.Op) error {
	if x.opts.Machine == nil || op == diff.OpPut {
		return nil
	}
	for _, name := range j.destinations() {
		if x.locks[name] == nil {
			return fmt.Errorf("%s could not be locked: %w", name, cmp.Or(x.lost[name], x.opts.Missing[name], errMissing))
		}
		err := x.locks[name].Check(ctx)
		if errors.Is(err, lock.ErrLost) {
			return fatalError{err}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
