package state

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

// applyClaims applies claims to what they govern at final names: an upload in
// place is staged as long as it has no valid manifest, and a set whose delete
// was begun is incomplete whatever manifest it has.
func applyClaims(ctx context.Context, store providers.Store, inv *Inventory) error {
	for i := range inv.Staged {
		staged := &inv.Staged[i]
		set, there := inv.Find(staged.Key)
		if !there || !staged.Claim.Governs() || staged.Claim.Key != staged.Key {
			continue
		}
		set = under(ctx, store, staged.Claim, set)
		if uploading(staged.Claim, set) {
			staged.Set = set
			inv.Sets = slices.DeleteFunc(inv.Sets, func(s Set) bool { return s.Key == set.Key })
			continue
		}
		inv.Put(set)
	}
	return ctx.Err()
}

// under is the set as it is under a claim that governs it.
func under(ctx context.Context, store providers.Store, claim *Claim, s Set) Set {
	switch {
	case s.State == Unknown:
		return s
	case claim.Kind == DeleteClaim:
		s.State, s.Problem = Incomplete, "its deletion is not finished"
		return s
	case s.Marked && s.State == Complete:
		read := readManifest(ctx, store, s)
		if read.State == Complete || read.State == Unknown {
			return read
		}
	}
	s.State, s.Problem = Incomplete, ""
	return s
}

// uploading reports whether the set is not there yet.
func uploading(claim *Claim, s Set) bool {
	return claim.Kind == UploadClaim && s.State == Incomplete
}

// ReadClaim reads the claim of one set; nil if there is none, or only a torn one.
func ReadClaim(ctx context.Context, store providers.Store, work WorkDir, k Key) (*Claim, error) {
	data, err := readFile(ctx, store, work.Claim(k), MaxClaim)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	claim, err := ParseClaim(data)
	if err != nil || claim.Key != k {
		return nil, nil
	}
	return claim, nil
}
