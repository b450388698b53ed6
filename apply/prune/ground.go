package prune

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// copied is the copy of a set at a destination.
type copied struct {
	task.Destination
	manifest *state.Manifest
}

func (c copied) damaged(k state.Key, file, why string) error {
	return &task.DamagedError{Copy: c.Destination, Key: k, Was: c.manifest.Identity(), File: file, Why: why}
}

// ground proves that all sets which justify the deletion of this one are complete, at
// roots that belong to this configuration. It returns the copies of this set,
// by destination.
func ground(ctx context.Context, t task.Task) (map[string]copied, error) {
	copies := map[string]copied{}
	owned := map[string]bool{}
	for _, address := range t.Step.Retains {
		name, k, err := state.SplitAddress(address)
		if err != nil {
			return nil, err
		}
		at, known := t.Destinations[name]
		if at.Err != nil {
			return nil, at.Err
		}
		if !known || at.Store == nil || k.VM != t.Key.VM {
			return nil, fmt.Errorf("%s cannot justify this delete", address)
		}
		if !owned[name] {
			if err := checkOwner(ctx, t, at); err != nil {
				return nil, err
			}
			owned[name] = true
		}
		m, err := held(ctx, t, at, k)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		if k == t.Key {
			copies[name] = copied{at, m}
		}
	}
	return copies, ctx.Err()
}

func checkOwner(ctx context.Context, t task.Task, at task.Destination) error {
	owner, err := read.Owner(ctx, at.Store, at.Place.WorkDir)
	if err == nil && owner != t.Owner {
		err = fmt.Errorf("its root belongs to %q, the plan to %q", owner, t.Owner)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", at.Place.Name, err)
	}
	return nil
}

// held proves that a destination has a complete copy of a set, with checksums.
func held(ctx context.Context, t task.Task, at task.Destination, k state.Key) (*state.Manifest, error) {
	s, err := remote.ReadWhole(ctx, at.Store, k, at.Place.Layout.Path(k))
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case s.State != state.Complete:
		return nil, fmt.Errorf("it is %s: %s", s.State, s.Problem)
	}
	if err := t.Justifies(at.Place, s); err != nil {
		return nil, err
	}
	switch {
	case s.Manifest.NoSums:
		return nil, errors.New("its manifest has no checksums")
	case k == t.Key && !state.SameContent(compared(t, s.Files), t.Change.Files):
		return nil, errors.New(remote.Difference(t.Change.Files, compared(t, s.Files)))
	}
	return s.Manifest, nil
}

// compared are the files of a copy that the source would hold as well: files that it
// ignores since the upload stay there.
func compared(t task.Task, files []state.File) []state.File {
	return slices.DeleteFunc(slices.Clone(files), func(f state.File) bool { return config.Ignored(t.Ignore, f.Path) })
}
