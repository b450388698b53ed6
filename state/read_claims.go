package state

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

// heedClaims applies claims to what they govern at final names: an upload in
// place is staged as long as it has no valid manifest, and a set whose delete
// was begun is incomplete whatever manifest it has.
func (inv *Inventory) heedClaims(ctx context.Context, store providers.Store) error {
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

// standing are the sets of one VM at the final names, under the
// claims that are there now.
func standing(ctx context.Context, store providers.Store, work WorkDir, sets []Set) ([]Set, error) {
	if len(sets) == 0 {
		return nil, ctx.Err()
	}
	claimed := map[string]bool{}
	err := eachFolder(ctx, store, work.Staging(), func(name string) error {
		claimed[name] = true
		return nil
	})
	_, part := errors.AsType[*NotWholeError](err)
	if err != nil && !part {
		return nil, err
	}
	var stand []Set
	for _, s := range sets {
		if !claimed[s.Key.Decorated()] {
			stand = append(stand, s)
			continue
		}
		claim, err := ReadClaim(ctx, store, work, s.Key)
		if err != nil {
			return nil, err
		}
		if claim.Governs() {
			s = under(ctx, store, claim, s)
		}
		if claim == nil || !uploading(claim, s) {
			stand = append(stand, s)
		}
	}
	if part {
		return stand, cmp.Or(ctx.Err(), err)
	}
	return stand, ctx.Err()
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
