package read

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// applyClaims applies claims to what they govern at final names: an upload in
// place is staged as long as it has no valid manifest, and a set whose delete
// was begun is incomplete whatever manifest it has.
func applyClaims(ctx context.Context, store providers.Store, inv *state.Inventory) error {
	for i := range inv.Staged {
		staged := &inv.Staged[i]
		set, there := inv.Find(staged.Key)
		if !there || !staged.Claim.Governs() || staged.Claim.Key != staged.Key {
			continue
		}
		set = under(ctx, store, staged.Claim, set)
		if uploading(staged.Claim, set) {
			staged.Set = set
			inv.Sets = slices.DeleteFunc(inv.Sets, func(s state.Set) bool { return s.Key == set.Key })
			continue
		}
		inv.Put(set)
	}
	return ctx.Err()
}

// under is the set as it is under a claim that governs it.
func under(ctx context.Context, store providers.Store, claim *state.Claim, s state.Set) state.Set {
	switch {
	case s.State == state.Unknown:
		return s
	case claim.Kind == state.DeleteClaim:
		s.State, s.Problem = state.Incomplete, "its deletion is not finished"
		return s
	case s.Marked && s.State == state.Complete:
		read := readManifest(ctx, store, s)
		if read.State == state.Complete || read.State == state.Unknown {
			return read
		}
	}
	s.State, s.Problem = state.Incomplete, ""
	return s
}

// uploading reports whether the set is not there yet.
func uploading(claim *state.Claim, s state.Set) bool {
	return claim.Kind == state.UploadClaim && s.State == state.Incomplete
}

// Claim reads the claim of one set; nil if there is none, or only a torn one.
func Claim(ctx context.Context, store providers.Store, work state.WorkDir, k state.Key) (*state.Claim, error) {
	data, err := File(ctx, store, work.Claim(k), state.MaxClaim)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	claim, err := state.ParseClaim(data)
	if err != nil || claim.Key != k {
		return nil, nil
	}
	return claim, nil
}
