package rules

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var cancels = []Clause{
	{"cancelled-before", "a call with a cancelled context does nothing and reports the cancellation", "", cancelledBefore},
	{"cancel-put", "cancelling an upload ends it, and the store keeps working", "", cancelPut},
	{"cancel-put-body", "an upload whose body fails because of a cancellation reports the cancellation", "", cancelPutBody},
	{"cancel-read", "cancelling a reader ends it with an error, and the store keeps working", "", cancelRead},
	{"cancel-waiting", "a call that waits for a session returns when its context is cancelled", "", cancelWaiting},
}

func cancelledBefore(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	dead, cancel := context.WithCancel(ctx)
	cancel()
	_, err := t.List(dead, ".")
	t.Refused("list", err, context.Canceled)
	_, err = t.Stat(dead, "file")
	t.Refused("stat", err, context.Canceled)
	t.Refused("open", trial.Drain(dead, t, "file"), context.Canceled)
	t.Refused("put", t.Put(dead, "new", bodies.Text("new")), context.Canceled)
	t.Refused("rename", t.Rename(dead, "file", "new"), context.Canceled)
	t.Refused("remove", t.Remove(dead, "file"), context.Canceled)
	t.Lists(ctx, ".", "file")
	t.Holds(ctx, "file", bodies.Text("text"))
}

func cancelPut(ctx context.Context, t *trial.Trial) {
	cancelsPut(ctx, t, bodies.NewStuck(64<<20, nil)) // more than is sent before a busy machine sees it
}

func cancelPutBody(ctx context.Context, t *trial.Trial) {
	cancelsPut(ctx, t, bodies.NewStuck(8<<20, bodies.ErrFailed))
}

// cancelsPut cancels a put while its body waits, then lets the body continue.
func cancelsPut(ctx context.Context, t *trial.Trial, body *bodies.Stuck) {
	doomed, cancel := context.WithCancel(ctx)
	defer cancel()
	defer body.Release()
	ended := trial.Begin(doomed, t, "dir/file", body)
	if t.Err != nil {
		return
	}
	cancel()
	body.Release()
	trial.EndsCancelled(t, "put", ended)
	t.ListsOnly(ctx, "dir", "file")
	t.Works(ctx)
}

func cancelRead(ctx context.Context, t *trial.Trial) {
	body := bodies.Noise{Bytes: 8 << 20}
	t.Must(t.Put(ctx, "file", body))
	doomed, cancel := context.WithCancel(ctx)
	defer cancel()
	r := trial.Reader(doomed, t, "file")
	if r == nil {
		return
	}
	_, err := io.ReadFull(r, make([]byte, 10))
	t.Must(err)
	cancel()
	if !trial.Within(t.Patience, func() { _, err = io.Copy(io.Discard, r) }) {
		t.Broken("the reader went on for %v after its context was cancelled", t.Patience)
		return
	}
	t.Refused("reading on", err, nil)
	// Its error tells nothing that the reading did not.
	_ = r.Close()
	t.Works(ctx)
}

// cancelWaiting fills all sessions with puts that wait, and gives one more
// call a moment to get its turn. A store that has room for it may answer.
func cancelWaiting(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	release := trial.Occupy(ctx, t)
	brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() { _, err := t.Store.Stat(brief, t.Path("file")); ended <- err }()
	select {
	case err := <-ended:
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Broken("stat without a free session: want %q, got: %w", context.DeadlineExceeded, err)
		}
	case <-time.After(t.Patience):
		t.Broken("stat waited for %v after its context was done", t.Patience)
	}
	release()
	t.Works(ctx)
}
