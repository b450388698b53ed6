package read

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// readStaging reads what uploads have left or are about. What is not named as
// ours is left alone.
func readStaging(ctx context.Context, store providers.Store, work state.WorkDir, inv *state.Inventory) error {
	inv.FirstReadings = map[state.Key]state.Proof{}
	first := func(name string) error { return noteFirst(name, inv) }
	return inPart(inv, eachEntry(ctx, store, work.Staging(), first, func(name string) error {
		k, err := state.ParseDecorated(name)
		if err != nil {
			return nil
		}
		s, err := Staged(ctx, store, work, k)
		if err != nil {
			return unread(inv, k.VM, err)
		}
		inv.Staged = append(inv.Staged, s)
		return nil
	}))
}

// Staged reads one staged set. A missing folder is fs.ErrNotExist.
func Staged(ctx context.Context, store providers.Store, work state.WorkDir, k state.Key) (state.Staged, error) {
	s := state.Staged{Key: k, Path: work.Staged(k)}
	tree, err := readTree(ctx, store, s.Path, maxDepth+1) // the set lies one deeper here
	if err != nil {
		return s, err
	}
	s.Files, s.Dirs = tree.Files, tree.Dirs
	payload := tree.below(state.StagedSet)
	s.Set = payload.fill(state.Set{Key: k, Path: work.StagedSet(k), State: state.Incomplete})
	if data, err := File(ctx, store, work.Claim(k), state.MaxClaim); err == nil {
		s.Claim, _ = state.ParseClaim(data) // a torn claim is no claim
	} else if gone(err) {
		return s, err
	}
	if s.Set.Marked && len(tree.Odd) == 0 {
		if read := readManifest(ctx, store, s.Set); read.State == state.Incomplete {
			s.Set.State, s.Set.Manifest = state.Complete, read.Manifest
		}
	}
	return s, ctx.Err()
}
