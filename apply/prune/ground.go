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

// ground proves that all sets which justify the deletion of this one are complete, at
// roots that belong to this configuration. It returns the manifests of the copies of
// this set.
func (p Prune) ground(ctx context.Context) ([]*state.Manifest, error) {
	var same []*state.Manifest
	owned := map[string]bool{}
	for _, address := range p.Step.Retains {
		name, k, err := state.SplitAddress(address)
		if err != nil {
			return nil, err
		}
		at, known := p.Destinations[name]
		if at.Err != nil {
			return nil, at.Err
		}
		if !known || at.Store == nil || k.VM != p.Key.VM {
			return nil, fmt.Errorf("%s cannot justify this delete", address)
		}
		if !owned[name] {
			if err := p.owned(ctx, at); err != nil {
				return nil, err
			}
			owned[name] = true
		}
		m, err := p.held(ctx, at, k)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		if k == p.Key {
			same = append(same, m)
			p.copies[name] = copied{at, m}
		}
	}
	return same, ctx.Err()
}

func (p Prune) owned(ctx context.Context, at task.Destination) error {
	owner, err := read.Owner(ctx, at.Store, at.Place.WorkDir)
	if err == nil && owner != p.Owner {
		err = fmt.Errorf("its root belongs to %q, the plan to %q", owner, p.Owner)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", at.Place.Name, err)
	}
	return nil
}

// held proves that a destination has a complete copy of a set, with checksums.
func (p Prune) held(ctx context.Context, at task.Destination, k state.Key) (*state.Manifest, error) {
	s, err := remote.ReadWhole(ctx, at.Store, k, at.Place.Layout.Path(k))
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case s.State != state.Complete:
		return nil, fmt.Errorf("it is %s: %s", s.State, s.Problem)
	}
	if err := p.Justifies(at.Place, s); err != nil {
		return nil, err
	}
	switch {
	case s.Manifest.NoSums:
		return nil, errors.New("its manifest has no checksums")
	case k == p.Key && !state.SameContent(p.compared(s.Files), p.Change.Files):
		return nil, errors.New(remote.Difference(p.Change.Files, p.compared(s.Files)))
	}
	return s.Manifest, nil
}

// compared are the files of a copy that the source would hold as well: files that it
// ignores since the upload stay there.
func (p Prune) compared(files []state.File) []state.File {
	return slices.DeleteFunc(slices.Clone(files), func(f state.File) bool { return config.Ignored(p.Ignore, f.Path) })
}
