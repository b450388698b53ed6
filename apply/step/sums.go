package step

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// sums puts the checksums that a reading has found into the manifest of an adopted set. The
// set has a valid manifest at every instant: the old one is removed only when the new one is
// beside it, read back, and counts from then on.
type sums struct{ task.Task }

// Check also allows what another apply has done: it can only have written the same.
func (s sums) Check(ctx context.Context, _ journal.Status) (bool, error) {
	set, err := s.set(ctx)
	if err != nil {
		return false, err
	}
	if set.Manifest.NoSums {
		return false, s.asRead(ctx, set.Manifest)
	}
	if _, noted, err := remote.Entry(ctx, s.Store, s.Place.WorkDir.First(s.Key)); noted || err != nil {
		return false, err
	}
	return !set.Unnamed, nil
}

// set is the set with its manifest: that which the plan saw, or the one that this step makes
// of it.
func (s sums) set(ctx context.Context) (state.Set, error) {
	set, err := remote.ReadWhole(ctx, s.Store, s.Key, s.Final())
	switch {
	case err != nil:
		return set, err
	case ctx.Err() != nil:
		return set, ctx.Err()
	case set.State == state.Unmarked:
		return set, fmt.Errorf("%s has no manifest: %w", set.Path, errChanged)
	case set.State != state.Complete:
		return set, fmt.Errorf("%s: %s", set.Path, set.Problem)
	case !state.SameContent(set.Files, s.Change.Files):
		return set, fmt.Errorf("%s %w: %s", set.Path, errChanged, remote.Difference(s.Change.Files, set.Files))
	case set.Manifest.Identity() != s.Change.Manifest && !s.made(set.Manifest):
		return set, fmt.Errorf("%s %w: its manifest is another one", set.Path, errChanged)
	}
	return set, s.Justifies(s.Place, set)
}

// made reports whether a manifest is the one that this step makes of that of the plan.
func (s sums) made(m *state.Manifest) bool {
	return !m.NoSums && slices.Equal(m.Sums(), s.Change.Sums) && (state.Proof{Manifest: s.Change.Manifest}).IsOf(m)
}

// asRead proves that the checksums are those of the reading that the ledger has: a later one
// may have found others.
func (s sums) asRead(ctx context.Context, m *state.Manifest) error {
	proof, err := read.Proof(ctx, s.Store, s.Place.WorkDir, s.Key)
	if err != nil {
		return fmt.Errorf("the record of its reading: %w", err)
	}
	var found []string
	for _, f := range proof.FirstSums(m) {
		found = append(found, f.SHA256)
	}
	if !slices.Equal(found, s.Change.Sums) {
		return fmt.Errorf("what was read of %s %w", s.Final(), errChanged)
	}
	return nil
}

func (s sums) Do(ctx context.Context) (journal.Result, error) {
	set, err := s.set(ctx)
	if err == nil && set.Manifest.NoSums {
		err = s.write(ctx, set.Manifest.WithSums(s.Change.Sums).Encode())
	}
	if err == nil {
		err = remote.RemoveIfThere(ctx, s.Store, s.Place.WorkDir.First(s.Key))
	}
	if err == nil && (set.Manifest.NoSums || set.Unnamed) {
		err = s.exchange(ctx)
	}
	return journal.Result{}, err
}

// write writes the manifest beside the one that counts, and reads it back: it is about to be
// the only one.
func (s sums) write(ctx context.Context, text []byte) error {
	if err := remote.Write(ctx, s.Store, s.Step.From, text); err != nil {
		return err
	}
	there, err := read.File(ctx, s.Store, s.Step.From, state.MaxManifest)
	if err == nil && !bytes.Equal(there, text) {
		err = errors.New("the manifest was acknowledged, and is not there as it was sent")
	}
	return err
}

// removeManifests deletes the manifest of a set, so that it counts no more: the next one
// first, which would count without the other.
func removeManifests(ctx context.Context, store providers.Store, dir string) error {
	for _, name := range []string{state.NextManifestName, state.ManifestName} {
		if err := remote.RemoveIfThere(ctx, store, path.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// exchange lets the manifest that is beside the old one take its place.
func (s sums) exchange(ctx context.Context) error {
	set, err := s.set(ctx)
	if err != nil {
		return err
	}
	if err := s.Guard(ctx); err != nil {
		return err
	}
	if !set.Unnamed {
		if err := remote.RemoveIfThere(ctx, s.Store, s.Step.To); err != nil {
			return err
		}
	}
	if err := remote.Rename(ctx, s.Store, s.Step.From, s.Step.To); err != nil {
		return err
	}
	if set, err = s.set(ctx); err == nil && (set.Manifest.NoSums || set.Unnamed) {
		err = errNotWhole
	}
	return err
}
