package faults

import (
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// mortal is a reader that breaks off when the process crashes.
type mortal struct {
	io.ReadCloser
	script *Script
}

func (r *mortal) Read(p []byte) (int, error) {
	if r.script.Crashed() {
		return 0, ErrCrashed
	}
	return r.ReadCloser.Read(p)
}

// mortalBody is a body with mortal readers.
type mortalBody struct {
	providers.Body
	script *Script
}

func (b mortalBody) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	if err != nil {
		return nil, err
	}
	return &mortal{ReadCloser: r, script: b.script}, nil
}

// half is the first half of a body.
type half struct{ providers.Body }

func (b half) Size() int64 { return b.Body.Size() / 2 }

func (b half) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, b.Size()-offset), r}, nil
}

// breaking is a reader that delivers one byte, where there is one, and then
// ends as its turn does: at the next read, or when it is closed.
type breaking struct {
	io.ReadCloser
	turn        turn
	read, ended bool
}

func (r *breaking) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !r.read {
		r.read = true
		if n, err := r.ReadCloser.Read(p[:1]); n > 0 || err == nil {
			return n, nil
		}
	}
	r.ended = true
	return 0, r.turn.end(nil)
}

func (r *breaking) Close() error {
	err := r.ReadCloser.Close()
	if r.ended {
		return err
	}
	return r.turn.end(err)
}
