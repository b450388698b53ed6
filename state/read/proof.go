package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Ledger is what was proven of the sets of a destination, as far as it could be read.
type Ledger struct {
	Proofs map[state.Key]state.Proof
	Unread map[state.Key]error // the records that are there and could not be read
	Err    error               // why it is not known which records are there
}

// Proofs reads what was proven of those sets that keep names, where anything was. What
// cannot be read proves nothing.
func Proofs(ctx context.Context, store providers.Store, work state.WorkDir, keep func(state.Key) bool) Ledger {
	l := Ledger{Proofs: map[state.Key]state.Proof{}, Unread: map[state.Key]error{}}
	keys, err := recorded(ctx, store, work, keep)
	if l.Err = err; err != nil {
		return l
	}
	proofs, errs := make([]state.Proof, len(keys)), make([]error, len(keys))
	parallel.All(context.WithoutCancel(ctx), store.Traits().Sessions, len(keys), func(i int) {
		proofs[i], errs[i] = Proof(ctx, store, work, keys[i])
	})
	for i, k := range keys {
		if errs[i] != nil {
			l.Unread[k] = errs[i]
		} else {
			l.Proofs[k] = proofs[i]
		}
	}
	return l
}

// recorded are the sets of which a record is there. The work folder is listed first: most
// destinations have no ledger, and to show that a folder is missing takes several commands.
func recorded(ctx context.Context, store providers.Store, work state.WorkDir, keep func(state.Key) bool) (keys []state.Key, err error) {
	ours, err := store.List(ctx, string(work))
	there := slices.ContainsFunc(ours, func(e providers.File) bool { return e.Path == work.Verified() })
	if errors.Is(err, fs.ErrNotExist) || err == nil && !there {
		return nil, nil
	}
	entries, err := store.List(ctx, work.Verified())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if k, err := state.ParseDecorated(e.Name()); err == nil && e.Kind == providers.Regular && keep(k) {
			keys = append(keys, k)
		}
	}
	return keys, err
}

// Proof reads what was proven of one set. An error wraps fs.ErrNotExist where nothing was.
func Proof(ctx context.Context, store providers.Store, work state.WorkDir, k state.Key) (state.Proof, error) {
	data, err := File(ctx, store, work.Proof(k), state.MaxProof)
	if err != nil {
		return state.Proof{}, err
	}
	p, err := state.ParseProof(data)
	if err == nil && p.Key != k {
		err = fmt.Errorf("it is that of %s", p.Key)
	}
	return p, err
}

// Check returns what of the ledger could not be read, in one error; nil if all was.
func (l Ledger) Check() error {
	if l.Err != nil || len(l.Unread) == 0 {
		return l.Err
	}
	var first state.Key
	for k := range l.Unread {
		if first == (state.Key{}) || k.Compare(first) < 0 {
			first = k
		}
	}
	return fmt.Errorf("the proofs of %s, %s first: %w", wording.Count(len(l.Unread), "set"), first, l.Unread[first])
}

// Of is how and when a set was proven whose manifest was read.
func (l Ledger) Of(s state.Set) state.Proven {
	err := l.Err
	if one := l.Unread[s.Key]; one != nil {
		err = one
	}
	if err != nil {
		return state.Proven{Level: state.ProofUnknown, Problem: err.Error()}
	}
	return l.Proofs[s.Key].Proven(s.Manifest)
}

// Note notes of each set of a destination whose manifest was read how and when it was
// proven, and returns what of the ledger could not be read.
func (l Ledger) Note(inv *state.Inventory) error {
	for i, s := range inv.Sets {
		if s.Manifest != nil {
			p := l.Of(s)
			inv.Sets[i].Proven = &p
		}
	}
	return l.Check()
}

// LevelSent is the level at which a destination proves the files that it is sent; "" where
// it compares their sizes alone. A disk has no checksums of its own, and reads them.
func LevelSent(store providers.Store) string {
	_, disk := providers.As[providers.Folder](store)
	v, ok := providers.As[providers.Verifier](store)
	switch {
	case !ok:
		return ""
	case v.Verification() == providers.VerifyReadback, v.Verification() == providers.VerifyHash && disk:
		return state.ReadProof
	case v.Verification() == providers.VerifyHash:
		return state.ServerProof
	}
	return ""
}
