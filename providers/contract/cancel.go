package contract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

var cancels = []clause{
	{"cancelled-before", "a call with a cancelled context does nothing and reports the cancellation", "", cancelledBefore},
	{"cancel-put", "cancelling an upload ends it, and the store keeps working", "", cancelPut},
	{"cancel-put-body", "an upload whose body fails because of a cancellation reports the cancellation", "", cancelPutBody},
	{"cancel-read", "cancelling a reader ends it with an error, and the store keeps working", "", cancelRead},
	{"cancel-waiting", "a call that waits for a session returns when its context is cancelled", "", cancelWaiting},
}

func cancelledBefore(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	dead, cancel := context.WithCancel(ctx)
	cancel()
	_, err := t.list(dead, ".")
	t.refused("list", err, context.Canceled)
	_, err = t.stat(dead, "file")
	t.refused("stat", err, context.Canceled)
	t.refused("open", t.drain(dead, "file"), context.Canceled)
	t.refused("put", t.put(dead, "new", Text("new")), context.Canceled)
	t.refused("rename", t.rename(dead, "file", "new"), context.Canceled)
	t.refused("remove", t.remove(dead, "file"), context.Canceled)
	t.lists(ctx, ".", "file")
	t.holds(ctx, "file", Text("text"))
}

func cancelPut(ctx context.Context, t *trial) {
	t.cancelsPut(ctx, newStuck(64<<20, nil)) // more than is sent before a busy machine sees it
}

func cancelPutBody(ctx context.Context, t *trial) {
	t.cancelsPut(ctx, newStuck(8<<20, errBody))
}

// cancelsPut cancels a put while its body waits, then lets the body continue.
func (t *trial) cancelsPut(ctx context.Context, body *stuck) {
	doomed, cancel := context.WithCancel(ctx)
	defer cancel()
	defer body.release()
	ended := t.begin(doomed, "dir/file", body)
	if t.err != nil {
		return
	}
	cancel()
	body.release()
	t.endsCancelled("put", ended)
	t.listsOnly(ctx, "dir", "file")
	t.works(ctx)
}

// begin starts a put and returns once its body waits, or the put has ended.
func (t *trial) begin(ctx context.Context, name string, body *stuck) (ended <-chan error) {
	end := make(chan error, 1)
	t.env.made.note(t.path(name))
	go func() { end <- t.env.Store.Put(ctx, t.path(name), body) }()
	select {
	case <-body.reached:
	case err := <-end:
		t.broken("the upload ended before its body did: %w", errors.Join(err, ctx.Err()))
		end <- err
	}
	return end
}

func (t *trial) endsCancelled(did string, ended <-chan error) {
	select {
	case err := <-ended:
		t.refused("cancelled "+did, err, context.Canceled)
	case <-time.After(t.env.Patience):
		t.broken("%s did not end within %v after its context was cancelled", did, t.env.Patience)
	}
}

func cancelRead(ctx context.Context, t *trial) {
	body := Noise{Bytes: 8 << 20}
	t.must(t.put(ctx, "file", body))
	doomed, cancel := context.WithCancel(ctx)
	defer cancel()
	r := t.reader(doomed, "file")
	if r == nil {
		return
	}
	_, err := io.ReadFull(r, make([]byte, 10))
	t.must(err)
	cancel()
	if !within(t.env.Patience, func() { _, err = io.Copy(io.Discard, r) }) {
		t.broken("the reader went on for %v after its context was cancelled", t.env.Patience)
		return
	}
	t.refused("reading on", err, nil)
	// Its error tells nothing that the reading did not.
	_ = r.Close()
	t.works(ctx)
}

// cancelWaiting fills all sessions with puts that wait, and gives one more
// call a moment to get its turn. A store that has room for it may answer.
func cancelWaiting(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	release := t.occupy(ctx)
	brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() { _, err := t.env.Store.Stat(brief, t.path("file")); ended <- err }()
	select {
	case err := <-ended:
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.broken("stat without a free session: want %q, got: %w", context.DeadlineExceeded, err)
		}
	case <-time.After(t.env.Patience):
		t.broken("stat waited for %v after its context was done", t.env.Patience)
	}
	release()
	t.works(ctx)
}

// occupy starts as many puts as there are sessions. The function that it returns ends
// them and waits for that.
func (t *trial) occupy(ctx context.Context) (release func()) {
	var waiting []*stuck
	var ends []<-chan error
	for i := 0; i < t.env.Store.Traits().Sessions && t.err == nil; i++ {
		body := newStuck(1<<10, nil)
		waiting = append(waiting, body)
		ends = append(ends, t.begin(ctx, fmt.Sprintf("busy-%d/file", i), body))
	}
	return func() {
		for _, body := range waiting {
			body.release()
		}
		for _, end := range ends {
			t.must(<-end)
		}
	}
}
