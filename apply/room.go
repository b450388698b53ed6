package apply

import (
	"context"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// tellRoom says where less room is left than the uploads need, as far as a
// place tells. They are tried all the same: others may make room meanwhile.
func (x *executor) tellRoom(ctx context.Context) {
	for _, p := range x.plan.Places {
		need := x.need(p.Name)
		store := x.opts.Stores[p.Name]
		if p.Role != diff.DestinationRole || need <= 0 || x.lost[p.Name] != nil || store == nil {
			continue
		}
		spacer, ok := providers.As[providers.Spacer](store)
		if !ok {
			continue
		}
		if free, err := spacer.Free(ctx); err == nil && free < need {
			x.tell(Scarce{p.Name, free, need})
		}
	}
}

// need is how many bytes are to be sent to a place, less what is freed before.
func (x *executor) need(place string) (n int64) {
	for _, j := range x.jobs {
		switch {
		case j.place.Name != place || j.position == after:
		case j.change.Early:
			n -= j.outcome.Freed
		case j.has(diff.OpPut):
			n += j.change.Bytes - j.change.StartedBytes()
		}
	}
	return n
}
