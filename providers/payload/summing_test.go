package payload_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/payload"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// summing is a body that sums up what it delivers, and its own reader.
type summing struct {
	io.Reader
	size   int
	take   func(p []byte) error
	taken  bytes.Buffer
	closed int // bytes that were taken when it was closed
}

func (s *summing) Size() int64                           { return int64(s.size) }
func (s *summing) Open(int64) (io.ReadCloser, error)     { return s, nil }
func (s *summing) ReadAlone(p []byte) (n int, err error) { return s.Reader.Read(p) }
func (s *summing) Read([]byte) (int, error)              { return 0, errors.New("read and summed at once") }
func (s *summing) Close() error                          { s.closed = s.taken.Len(); return nil }

func (s *summing) Take(p []byte) error {
	s.taken.Write(p)
	return s.take(p)
}

var _ providers.Summing = (*summing)(nil)

func newSumming(take func([]byte) error) (*summing, []byte) {
	content := make([]byte, 3<<20+7)
	for i := range content {
		content[i] = byte(i >> 10)
	}
	return &summing{Reader: bytes.NewReader(content), size: len(content), take: take}, content
}

// TestSend_sumsWhileItSends: the sum of a block waits until the block has been sent.
func TestSend_sumsWhileItSends(t *testing.T) {
	for way, send := range ways {
		written := make(chan int, 100)
		body, content := newSumming(func(p []byte) error {
			for want := len(p); want > 0 && way == "Send"; {
				want -= <-written
			}
			return nil
		})
		p, err := payload.Open(body, 0)
		if err != nil {
			t.Fatal(err)
		}
		var arrived bytes.Buffer
		err = send(t.Context(), p, func(b []byte) error {
			arrived.Write(b)
			written <- len(b)
			return nil
		})
		if err != nil || !bytes.Equal(arrived.Bytes(), content) || !bytes.Equal(body.taken.Bytes(), content) {
			t.Errorf("%s: %d bytes were sent and %d summed up of %d, %v", way, arrived.Len(), body.taken.Len(), len(content), err)
		}
		if body.closed != len(content) {
			t.Errorf("%s: closed when %d bytes of %d were summed up", way, body.closed, len(content))
		}
	}
}

// TestSend_failsOverASum: a body that turns out to be another one is not sent as a whole.
func TestSend_failsOverASum(t *testing.T) {
	rewritten := errors.New("rewritten")
	for way, send := range ways {
		body, content := newSumming(func([]byte) error { return rewritten })
		p, err := payload.Open(body, 0)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		err = send(t.Context(), p, func(b []byte) error { sent += len(b); return nil })
		if !errors.Is(err, rewritten) || !retry.IsLocal(err) {
			t.Errorf("%s: got %v", way, err)
		}
		if way == "SendWhole" && sent == len(content) {
			t.Errorf("%s: all bytes were sent", way)
		}
	}
}
