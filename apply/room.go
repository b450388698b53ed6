package apply

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// tellRoom reports which places have less free space than the uploads need, if they
// report their space. The uploads are tried anyway: other deletes may make room
// meanwhile.
func (w *worker) tellRoom(ctx context.Context) {
	for _, p := range w.plan.Places {
		need := w.need(p.Name)
		store := w.opts.Stores[p.Name]
		if p.Role != diff.DestinationRole || need <= 0 || w.stops.lost[p.Name] != nil || store == nil {
			continue
		}
		spacer, ok := providers.As[providers.SpaceReporter](store)
		if !ok {
			continue
		}
		if free, err := spacer.FreeBytes(ctx); err == nil && free < need {
			w.tell(event.Scarce{Place: p.Name, Free: free, Need: need})
		}
	}
}

// need is how many bytes are to be sent to a place, minus what is freed before.
func (w *worker) need(place string) (n int64) {
	for _, j := range w.jobs.at[place] {
		switch {
		case j.progress == preflight.Finished:
		case j.Change.Early:
			n -= j.outcome.Freed
		case j.Has(diff.OpPut):
			n += j.Change.Bytes - j.Change.StartedBytes()
		}
	}
	return n
}
