package apply

import (
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// tellRoom reports which places have less free space than the uploads need, if they
// report their space. The uploads are tried anyway: other deletes may make room
// meanwhile.
func (x *executor) tellRoom(ctx context.Context) {
	for _, p := range x.plan.Places {
		need := x.need(p.Name)
		store := x.opts.Stores[p.Name]
		if p.Role != diff.DestinationRole || need <= 0 || x.lost[p.Name] != nil || store == nil {
			continue
		}
		spacer, ok := providers.As[providers.SpaceReporter](store)
		if !ok {
			continue
		}
		if free, err := spacer.FreeBytes(ctx); err == nil && free < need {
			x.tell(Scarce{p.Name, free, need})
		}
	}
}

// need is how many bytes are to be sent to a place, minus what is freed before.
func (x *executor) need(place string) (n int64) {
	for _, j := range x.jobs {
		switch {
		case j.Place.Name != place || j.progress == preflight.Finished:
		case j.Change.Early:
			n -= j.outcome.Freed
		case j.Has(diff.OpPut):
			n += j.Change.Bytes - j.Change.StartedBytes()
		}
	}
	return n
}

// noteFull notes that the place has no room for the newest set of a VM.
func (x *executor) noteFull(c *chain, j *job) {
	if j == c.firstUpload() && errors.Is(j.outcome.Err, providers.ErrFull) {
		x.ending.Lock()
		defer x.ending.Unlock()
		x.full[j.Place.Name] = append(x.full[j.Place.Name], j)
	}
}

// firstWithoutRoom is the upload of the newest set of another VM that found no room at
// the place; nil if no upload did. An older set must not take the room that the newest
// one of another VM will need.
func (x *executor) firstWithoutRoom(c *chain, place string) *job {
	x.ending.Lock()
	defer x.ending.Unlock()
	for _, j := range x.full[place] {
		if j != c.firstUpload() {
			return j
		}
	}
	return nil
}
