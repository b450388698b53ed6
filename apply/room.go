package apply

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// scarce reports whether a place has less free space than the uploads of its jobs need, if
// it reports its space. The uploads are tried anyway: other deletes may make room
// meanwhile.
func scarce(ctx context.Context, store providers.Store, jobs []*job) (event.Scarce, bool) {
	bytes := need(jobs)
	if bytes <= 0 || store == nil {
		return event.Scarce{}, false
	}
	spacer, ok := providers.As[providers.SpaceReporter](store)
	if !ok {
		return event.Scarce{}, false
	}
	free, err := spacer.FreeBytes(ctx)
	return event.Scarce{Place: jobs[0].Place.Name, Free: free, Need: bytes}, err == nil && free < bytes
}

// need is how many bytes are to be sent to a place, minus what is freed before.
func need(jobs []*job) (n int64) {
	for _, j := range jobs {
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
