package state

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
)

// readStaging reads what uploads have left or are about. What is not named as
// ours is left alone.
func readStaging(ctx context.Context, store providers.Store, work WorkDir, inv *Inventory) error {
	return inPart(inv, eachFolder(ctx, store, work.Staging(), func(name string) error {
		k, err := ParseDecorated(name)
		if err != nil {
			return nil
		}
		s, err := ReadStaged(ctx, store, work, k)
		if err != nil {
			return unread(inv, k.VM, err)
		}
		inv.Staged = append(inv.Staged, s)
		return nil
	}))
}

// ReadStaged reads one staged set. A missing folder is fs.ErrNotExist.
func ReadStaged(ctx context.Context, store providers.Store, work WorkDir, k Key) (Staged, error) {
	s := Staged{Key: k, Path: work.Staged(k)}
	tree, err := readTree(ctx, store, s.Path, maxDepth+1) // the set lies one deeper here
	if err != nil {
		return s, err
	}
	s.Files, s.Dirs = tree.Files, tree.Dirs
	payload := tree.below(StagedSet)
	s.Set = payload.fill(Set{Key: k, Path: work.StagedSet(k), State: Incomplete})
	if data, err := readFile(ctx, store, work.Claim(k), MaxClaim); err == nil {
		s.Claim, _ = ParseClaim(data) // a torn claim is no claim
	} else if gone(err) {
		return s, err
	}
	if s.Set.Marked && len(tree.Odd) == 0 {
		if read := readManifest(ctx, store, s.Set); read.State == Incomplete {
			s.Set.State, s.Set.Manifest = Complete, read.Manifest
		}
	}
	return s, ctx.Err()
}
