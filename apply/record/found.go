package record

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// ErrNoRecord: the destination has no record yet that a finding could be added to.
var ErrNoRecord = errors.New("the destination has no record: no apply has ended there")

// Found adds to the record of a destination what a verification has found, and drops what
// was found before of sets that were proven since. The caller holds the lock of the
// destination, whose owner is to be that name. A record that says so already is not
// written again.
func Found(ctx context.Context, store providers.Store, work state.WorkDir, owner, run string, held *lock.Lock, found []known.Finding, sound []known.Key) error {
	if is, err := read.Owner(ctx, store, work); err != nil || is != owner {
		return errors.Join(err, fmt.Errorf("its root belongs to %q", is))
	}
	last, pending, err := read.Known(ctx, store, work)
	if err != nil {
		return err
	}
	if last == nil {
		return ErrNoRecord
	}
	next := last.Clone()
	next.Forget(sound...)
	changed := len(next.Findings) < len(last.Findings)
	for _, f := range found {
		if was, there := next.Found(f.Key); !there || was.Manifest != f.Manifest || was.File != f.File {
			next.Note(f)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	if pending { // the only copy, which must not be overwritten
		if err := store.Rename(ctx, work.NextKnown(), work.Known()); err != nil {
			return err
		}
	}
	next.Run, next.Seq = run, last.Seq+1
	return replace(ctx, store, work, next, held, true)
}
