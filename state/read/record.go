package read

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// Known reads the record of what was complete at a destination; nil if there
// is none. pending: it has not got its name yet. One that is torn is an error that wraps
// known.ErrTorn, and no loss but that of a comparison.
func Known(ctx context.Context, store providers.Store, work state.WorkDir) (record *known.Record, pending bool, err error) {
	record, err = readRecord(ctx, store, work.Known(), File)
	if !errors.Is(err, fs.ErrNotExist) {
		return record, false, err
	}
	record, err = readRecord(ctx, store, work.NextKnown(), readSeldom)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return record, err == nil, err
}

func readRecord(ctx context.Context, store providers.Store, p string, file func(context.Context, providers.Store, string, int64) ([]byte, error)) (*known.Record, error) {
	data, err := file(ctx, store, p, known.MaxSize)
	if err != nil {
		return nil, err
	}
	return known.Decode(data)
}

// readKnown reads only where the root has an owner: only then there may be a record.
func readKnown(ctx context.Context, store providers.Store, work state.WorkDir, inv *state.Inventory) error {
	if inv.Owner == "" {
		return nil
	}
	record, pending, err := Known(ctx, store, work)
	switch {
	case gone(err):
		return err
	case err != nil:
		inv.KnownProblem = reason(err)
	}
	inv.Known, inv.KnownPending = record, pending
	return ctx.Err()
}
