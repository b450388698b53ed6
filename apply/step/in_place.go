package step

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// inPlace sends a set to its final name, where a claim in the staged folder governs it,
// and renames its manifest into it.
type inPlace struct{ task.Env }

func (p inPlace) sendTo() string { return p.Final() }

func (p inPlace) where() string { return p.Final() }

func (p inPlace) moves() known.Moves { return known.MovesFiles }

func (p inPlace) claimed(c *state.Claim) bool { return c.InPlace }

func (p inPlace) vacant(ctx context.Context, _ state.Staged) error {
	return remote.Absent(ctx, p.Store, p.Final())
}

// unfinished: a whole set in the staged folder is of the other mode.
func (p inPlace) unfinished(state.Staged, string) error { return nil }

func (p inPlace) left(ctx context.Context, _ state.Staged) ([]state.File, error) {
	set, err := remote.ReadSet(ctx, p.Store, p.Key, p.Final())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if set.State == state.Damaged { // a link may lead to foreign files
		return nil, fmt.Errorf("%s: %s", p.Final(), set.Problem)
	}
	return set.Files, nil
}

func (p inPlace) unseal(ctx context.Context) error {
	marked, err := stillHalf(ctx, p.Store, p.Key, p.Final())
	if err != nil || !marked {
		return err
	}
	return removeManifests(ctx, p.Store, p.Final())
}

// vacate keeps everything where the claim belongs to another upload, or the set is
// complete.
func (p inPlace) vacate(ctx context.Context) error {
	claim, err := read.Claim(ctx, p.Store, p.Place.WorkDir, p.Key)
	if err != nil {
		return err
	}
	set, err := remote.ReadSet(ctx, p.Store, p.Key, p.Final())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !claim.Governs() || claim.Kind != state.UploadClaim || set.Marked:
		return fmt.Errorf("%s %w", p.Final(), remote.ErrThere)
	}
	ours := func(f state.File) bool { return f.Path == state.BlocksName || claim.Names(f) }
	return p.Removed(remote.RemoveTree(ctx, p.Store, p.Final(), ours))
}
