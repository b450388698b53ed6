package apply

import (
	"context"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/blocks"
	"github.com/vmxsync/vmxsync/state/known"
)

// Options are what an apply needs besides its plan.
type Options struct {
	// Run is the run id of the plan file. Manifests, claims and trash contain it, and
	// it is the same whenever the same plan file is applied.
	Run string
	// Stores are the opened places of the plan, by name. They stay open.
	Stores map[string]providers.Store
	// Missing are the destinations that could not be opened, with the reason:
	// their changes fail.
	Missing map[string]error
	// Journal is that of this run; nil means that nothing is remembered.
	Journal *journal.Journal
	// Sent records what was read of files during their upload, for uploads that are
	// resumed; nil: an upload trusts that no local file is rewritten in place between
	// its two halves.
	Sent *sent.Book
	// Block is the size of the blocks of which a larger file gets its block sums, in
	// bytes. 0 is blocks.Bytes.
	Block int64
	// Machine takes the locks of the destinations; nil: the caller guarantees that no
	// other process changes them.
	Machine *lock.Machine
	// LockTimeout is how long to wait for a lock that is held.
	LockTimeout time.Duration
	// Before is called when all checks are done and nothing was changed yet. It may
	// change the places, which are compared with the plan once more after it. Its error
	// is that of the apply. nil is allowed, and then no place is asked twice.
	Before func(ctx context.Context) error
	// Events receives each event, one call at a time; nil is allowed.
	Events func(event.Event)
	// Recorded is given each record that is left at a destination before the apply
	// ends, one call at a time: so that the user's machine can store it at once. nil is
	// allowed.
	Recorded func(diff.Place, *known.Record)
	// Began is when the apply began by the clock that plans go by, which may be set:
	// what is found is dated by it. Zero means Now.
	Began time.Time
	dated func() time.Time // the time now, by that clock
	// FailFast starts no change after one has failed.
	FailFast bool
	// Parallelism is the most steps that are done at once, at all destinations
	// together. 0 leaves it to the sessions of each; with 1 all is done in the
	// order of the plan.
	Parallelism int
	// Now measures how long the apply took, and how long to wait; nil means
	// time.Now.
	Now func() time.Time
	// Wait passes time by that clock; nil means a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

func (o Options) withDefaults() Options {
	if o.Journal == nil {
		o.Journal = journal.Discard(o.Run)
	}
	if o.Events == nil {
		o.Events = func(event.Event) {}
	}
	if o.Recorded == nil {
		o.Recorded = func(diff.Place, *known.Record) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Block == 0 {
		o.Block = blocks.Bytes
	}
	begun := o.Now()
	if o.Began.IsZero() {
		o.Began = begun
	}
	o.dated = func() time.Time { return o.Began.Add(o.Now().Sub(begun)) }
	if o.Wait == nil {
		o.Wait = providers.Sleep
	}
	o.Stores = lean(o.Stores)
	return o
}

// lean are the stores for a caller that proves what it does, and asks for no times.
func lean(stores map[string]providers.Store) map[string]providers.Store {
	out := make(map[string]providers.Store, len(stores))
	for name, s := range stores {
		out[name] = providers.LeanOf(s)
	}
	return out
}
