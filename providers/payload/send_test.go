package payload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/vmxsync/vmxsync/providers/payload"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// body says one size and delivers another, or fails at its end.
type body struct {
	says, has int
	err       error
	closed    *bool
}

func (b body) Size() int64 { return int64(b.says) }

func (b body) Open(offset int64) (io.ReadCloser, error) {
	var r io.Reader = bytes.NewReader(make([]byte, b.has-int(offset)))
	if b.err != nil {
		r = io.MultiReader(r, failing{b.err})
	}
	return closing{r, b.closed}, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type closing struct {
	io.Reader
	closed *bool
}

func (c closing) Close() error { *c.closed = true; return nil }

var ways = map[string]func(context.Context, io.Reader, func([]byte) error) error{"Send": payload.Send, "SendWhole": payload.SendWhole}

func TestSend_isExact(t *testing.T) {
	const many = 3 << 20
	disk := errors.New("disk")
	for _, c := range []struct {
		name string
		body body
		from int64
		sent int // of SendWhole, at most
		err  string
	}{
		{"whole", body{says: many, has: many}, 0, many, ""},
		{"rest", body{says: many, has: many}, many - 7, 7, ""},
		{"empty", body{}, 0, 0, ""},
		{"short", body{says: many, has: many - 1}, 0, many - 2, "body: ended 1 bytes before its size of 3145728"},
		{"long", body{says: many, has: many + 1}, 0, many - 1, "body: continues after its size of 3145728 bytes"},
		{"unreadable", body{says: many, has: 5, err: disk}, 0, 0, "body: disk"},
	} {
		for way, send := range ways {
			c.body.closed = new(bool)
			p, err := payload.Open(c.body, c.from)
			if err != nil {
				t.Fatal(err)
			}
			sent := 0
			err = send(t.Context(), p, func(b []byte) error { sent += len(b); return nil })
			switch {
			case c.err == "" && (err != nil || sent != c.sent):
				t.Errorf("%s, %s: sent %d, %v", way, c.name, sent, err)
			case c.err != "" && (err == nil || err.Error() != c.err || !retry.IsLocal(err)):
				t.Errorf("%s, %s: got %v", way, c.name, err)
			case way == "SendWhole" && sent > c.sent:
				t.Errorf("%s: %d bytes were sent of a body that is not whole", c.name, sent)
			case !p.Taken() || !*c.body.closed:
				t.Errorf("%s, %s: the body was not closed", way, c.name)
			}
		}
	}
}

func TestSend_endsWithItsWriterAndWithItsContext(t *testing.T) {
	full := errors.New("full")
	cause := errors.New("cancelled for a reason")
	for way, send := range ways {
		b := body{says: 9 << 20, has: 9 << 20, closed: new(bool)}
		p, _ := payload.Open(b, 0)
		if err := send(t.Context(), p, func([]byte) error { return full }); err != full || !*b.closed {
			t.Errorf("%s: got %v, closed: %v", way, err, *b.closed)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stuck, release := io.Pipe()
		cancel(cause)
		if err := send(ctx, stuck, func([]byte) error { return nil }); err != cause {
			t.Errorf("%s: got %v", way, err)
		}
		release.Close()
	}
}

// endless delivers zeros, and counts them.
type endless struct{ n atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.n.Add(int64(len(p)))
	return len(p), nil
}

// While a block is being sent, the next ones are read, but no more of them than memory
// is meant for: of the largest file, on the slowest line.
func TestSend_readsThreeBlocksAheadAndNoMore(t *testing.T) {
	enough := errors.New("enough")
	for way, send := range ways {
		synctest.Test(t, func(t *testing.T) {
			var src endless
			calls := int64(0)
			err := send(t.Context(), &src, func(b []byte) error {
				synctest.Wait() // until nothing moves but this
				calls++
				size := int64(len(b))
				behind := int64(0)
				if way == "SendWhole" {
					behind = 1
				}
				if ahead := src.n.Load()/size - calls; ahead != 3+behind {
					t.Errorf("%s: %d blocks of %d bytes are read ahead of block %d", way, ahead, size, calls)
				}
				if calls == 5 {
					return enough
				}
				return nil
			})
			if err != enough {
				t.Errorf("%s: got %v", way, err)
			}
		})
	}
}
