package record

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// Leave writes the next record of the destination, and returns what is there then. held is
// its lock, nil if the caller guarantees exclusive access; proven: the caller knows that
// the root belongs to the plan. readLast is the record that is there before.
func (f Facts) Leave(ctx context.Context, store providers.Store, held *lock.Lock, proven bool, readLast func() last) (*known.Record, error) {
	work := f.Place.WorkDir
	if !proven {
		if owner, err := read.Owner(ctx, store, work); err != nil || owner != f.Plan.Name {
			return nil, errors.Join(err, fmt.Errorf("its root belongs to %q", owner))
		}
	}
	was := readLast()
	last, err := was.record, was.err
	if err != nil && !errors.Is(err, known.ErrTorn) {
		return nil, err
	}
	if was.pending { // the only copy, which must not be overwritten
		if err := store.Rename(ctx, work.NextKnown(), work.Known()); err != nil {
			return nil, err
		}
	}
	if f.Ended(last) {
		return last, removeFile(ctx, store, work.Going())
	}
	if f.Place.Known == nil && last == nil {
		return nil, errors.New("the plan has no record of the destination, and the destination has none that can be read")
	}
	left := f.Next(last)
	err = replace(ctx, store, work, left, held, last != nil || err != nil)
	if err == nil && !f.Cut && (f.Place.Going || f.mayDelete()) {
		if err = checkLock(ctx, held); err == nil {
			err = removeFile(ctx, store, work.Going())
		}
	}
	return left, err
}

// mayDelete reports whether the plan deletes a set there.
func (f Facts) mayDelete() bool {
	return slices.ContainsFunc(f.Changes, func(c Change) bool { return c.Deletes })
}

// replace writes a complete record: under a temporary name first, so that a readable one
// exists at every instant. The lock is checked before every change. old reports whether
// there is a record.
func replace(ctx context.Context, store providers.Store, work state.WorkDir, r *known.Record, held *lock.Lock, old bool) error {
	data, err := r.Encode()
	if err != nil {
		return err
	}
	if err := remote.Write(ctx, store, work.NextKnown(), data); err != nil {
		return err
	}
	if err := checkLock(ctx, held); err != nil {
		return err
	}
	if old {
		if err := removeFile(ctx, store, work.Known()); err != nil {
			return err
		}
		if err := checkLock(ctx, held); err != nil {
			return err
		}
	}
	return providers.LeanOf(store).RenameToFree(ctx, work.NextKnown(), work.Known())
}

// removeFile removes a file of the work folder. A missing one is no error.
func removeFile(ctx context.Context, store providers.Store, p string) error {
	return remote.RemoveListed(ctx, store, providers.File{Path: p, Kind: providers.Regular})
}

func checkLock(ctx context.Context, held *lock.Lock) error {
	if held == nil {
		return nil
	}
	return held.Check(ctx)
}
