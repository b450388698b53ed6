package session

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// ReadingBack is how the shares of a plan are read back.
type ReadingBack struct {
	Now         func() time.Time // of the clock that plans go by
	Deadline    time.Time        // of that clock, for all shares together; zero: none
	Parallelism int              // places at once, and sets of each; 0 leaves it to them
	Events      func(event.Event)
}

// ReadBack verifies what the verify blocks of a plan ask for, each within its budget: the
// blocks of one destination one after the other, and no longer than until the deadline. There
// is a result for each block that was begun; the error is that of ctx.
func ReadBack(ctx context.Context, plan *diff.Plan, o Places, b ReadingBack) ([]verify.Result, error) {
	var mu sync.Mutex
	tell := b.Events
	b.Events = func(e event.Event) { // several runs report at once
		mu.Lock()
		defer mu.Unlock()
		tell(e)
	}
	places := sharesByPlace(plan)
	results := make([][]verify.Result, len(places))
	width := len(places)
	if b.Parallelism > 0 {
		width = b.Parallelism
	}
	parallel.All(ctx, width, len(places), func(i int) {
		for _, s := range places[i] {
			if ctx.Err() == nil && !b.late() {
				results[i] = append(results[i], b.share(ctx, plan, o, s))
			}
		}
	})
	var all []verify.Result
	for _, r := range results {
		all = append(all, r...)
	}
	return all, ctx.Err()
}

// sharesByPlace are the shares that read anything, by destination. Of several blocks of one
// destination that with the oldest proof comes first: where the time of an apply ends within
// the first, the other one is first on the next night.
func sharesByPlace(plan *diff.Plan) (places [][]diff.Share) {
	at := map[string]int{}
	for _, s := range plan.Verify {
		if len(s.Reads) == 0 {
			continue
		}
		i, there := at[s.Destination]
		if !there {
			i = len(places)
			at[s.Destination], places = i, append(places, nil)
		}
		places[i] = append(places[i], s)
	}
	for _, shares := range places {
		slices.SortStableFunc(shares, func(a, b diff.Share) int { return a.Reads[0].Proven.Compare(b.Reads[0].Proven) })
	}
	return places
}

// late reports whether there is no time left.
func (b ReadingBack) late() bool { return !b.Deadline.IsZero() && !b.Now().Before(b.Deadline) }

// share verifies what one block asks for. What cannot be listed is not asked.
func (b ReadingBack) share(ctx context.Context, plan *diff.Plan, o Places, s diff.Share) verify.Result {
	deadline := b.Deadline
	if s.MaxDuration > 0 {
		if own := b.Now().Add(time.Duration(s.MaxDuration)); deadline.IsZero() || own.Before(deadline) {
			deadline = own
		}
	}
	copies, unasked := copiesOf(ctx, plan, o, s)
	r, _ := verify.Run(ctx, copies, verify.Options{
		Level: verify.Level(s.Level), Since: s.Since, MaxBytes: s.MaxBytes, Deadline: deadline, Now: b.Now, Events: b.Events, Parallelism: b.Parallelism,
	})
	r.Sets = append(r.Sets, unasked...)
	return r
}

// copiesOf lists the sets of a share as they are now, with their manifests and proofs. What
// is not there any more was deleted since.
func copiesOf(ctx context.Context, plan *diff.Plan, o Places, s diff.Share) (copies []verify.Copy, unasked []verify.Set) {
	place, _ := plan.Place(s.Destination)
	store := o.Stores[s.Destination]
	all, errs := make([]verify.Copy, len(s.Reads)), make([]error, len(s.Reads))
	among := map[state.Key]bool{}
	for i, r := range s.Reads {
		_, k, _ := state.SplitAddress(r.Address) // of a plan that was checked
		all[i] = verify.Copy{Place: s.Destination, Store: store, Set: state.Set{Key: k}, Work: place.WorkDir}
		errs[i] = o.Missing[s.Destination]
		among[k] = true
	}
	if store == nil {
		return nil, notAsked(all, errs)
	}
	lean := providers.LeanOf(store)
	parallel.All(ctx, store.Traits().Sessions, len(all), func(i int) {
		k := all[i].Set.Key
		set, err := remote.ReadWhole(ctx, lean, k, place.Layout.Path(k))
		if errs[i] = err; err == nil {
			all[i].Set = set
		}
	})
	ledger := read.Proofs(ctx, lean, place.WorkDir, func(k state.Key) bool { return among[k] }) // without it all is read
	var lost []verify.Copy
	var why []error
	for i, c := range all {
		switch {
		case errors.Is(errs[i], fs.ErrNotExist):
		case errs[i] != nil || c.Set.Path == "":
			lost, why = append(lost, c), append(why, errors.Join(errs[i], ctx.Err()))
		default:
			c.Proof = ledger.Proofs[c.Set.Key]
			copies = append(copies, c)
		}
	}
	return copies, notAsked(lost, why)
}

// notAsked are copies of which nothing could be asked, with the reasons.
func notAsked(copies []verify.Copy, why []error) (sets []verify.Set) {
	for i, c := range copies {
		sets = append(sets, verify.Set{Copy: c, Why: why[i]})
	}
	return sets
}
