package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Mark is the mark of a restore, as it is at a place.
type Mark struct {
	state.ReadMark
	File    providers.File
	Written time.Time // by the clock of the place; zero: not known
}

// Marks reads the marks of restores, also of those that ended without removing theirs; none
// where their folder is missing. One that cannot be understood may be about any set.
func Marks(ctx context.Context, store providers.Store, work state.WorkDir) ([]Mark, error) {
	entries, err := store.List(ctx, work.Reading())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("marks of restores: %w", err)
	}
	var all []Mark
	for _, e := range entries {
		if e.Kind != providers.Regular || state.IsJunk(e.Name()) || providers.CheckName(e.Name()) != nil {
			continue
		}
		m, err := mark(ctx, store, e)
		switch {
		case errors.Is(err, fs.ErrNotExist): // its restore has ended
		case err != nil:
			return nil, fmt.Errorf("mark of a restore: %w", err)
		default:
			all = append(all, m)
		}
	}
	return all, nil
}

func mark(ctx context.Context, store providers.Store, e providers.File) (Mark, error) {
	data, err := File(ctx, store, e.Path, state.MaxReadMark)
	if err != nil {
		return Mark{}, err
	}
	m := Mark{File: e}
	if m.ReadMark, err = state.ParseReadMark(data); err != nil { // perhaps it is being written
		m.ReadMark = state.ReadMark{Run: e.Name(), Lease: state.ReadLease}
	}
	dated, err := store.Stat(ctx, e.Path)
	m.Written = dated.ModTime
	return m, err
}
