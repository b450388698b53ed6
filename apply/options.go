package apply

import (
	"context"
	"time"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/providers"
)

// Options are what an apply needs besides its plan.
type Options struct {
	// Run is the run id of the plan file. It stands in manifests, claims and
	// trash, and is the same whenever the same plan file is applied.
	Run string
	// Stores are the opened places of the plan, by name. They stay open.
	Stores map[string]providers.Store
	// Journal is that of this run; nil means that nothing is remembered.
	Journal *journal.Journal
	// Events is told what happens, one call at a time; nil is fine.
	Events func(Event)
	// Parallelism is the most calls that are made at one destination at once:
	// files of a set that are sent, scopes that are listed. 0 leaves it to the
	// sessions of the destination.
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
		o.Events = func(Event) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	return o
}
