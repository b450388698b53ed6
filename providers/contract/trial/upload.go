package trial

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/providers/contract/bodies"
)

// Begin starts a put and returns once its body waits, or the put has ended.
func Begin(ctx context.Context, t *Trial, name string, body *bodies.Stuck) (ended <-chan error) {
	end := make(chan error, 1)
	t.Note(t.Path(name))
	go func() { end <- t.Store.Put(ctx, t.Path(name), body) }()
	select {
	case <-body.Reached:
	case err := <-end:
		t.Broken("the upload ended before its body did: %w", errors.Join(err, ctx.Err()))
		end <- err
	}
	return end
}

// EndsCancelled demands that what was cancelled ends in time, and reports that.
func EndsCancelled(t *Trial, did string, ended <-chan error) {
	select {
	case err := <-ended:
		t.Refused("cancelled "+did, err, context.Canceled)
	case <-time.After(t.Patience):
		t.Broken("%s did not end within %v after its context was cancelled", did, t.Patience)
	}
}

// Occupy starts as many puts as there are sessions. The function that it returns ends
// them and waits for that.
func Occupy(ctx context.Context, t *Trial) (release func()) {
	var waiting []*bodies.Stuck
	var ends []<-chan error
	for i := 0; i < t.Store.Traits().Sessions && t.Err == nil; i++ {
		body := bodies.NewStuck(1<<10, nil)
		waiting = append(waiting, body)
		ends = append(ends, Begin(ctx, t, fmt.Sprintf("busy-%d/file", i), body))
	}
	return func() {
		for _, body := range waiting {
			body.Release()
		}
		for _, end := range ends {
			t.Must(<-end)
		}
	}
}
