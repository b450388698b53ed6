package payload

import (
	"fmt"
	"io"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Payload is a body that is exactly as long as it said, or an error.
type Payload struct {
	body  io.ReadCloser
	from  int64 // where it begins
	left  int64
	size  int64
	taken bool // by Send, which closes the body
}

// Open opens body from an offset on.
func Open(body providers.Body, from int64) (*Payload, error) {
	r, err := body.Open(from)
	if err != nil {
		return nil, &retry.Unreadable{Err: err}
	}
	return &Payload{body: r, from: from, left: body.Size() - from, size: body.Size()}, nil
}

// Size is that of the whole body.
func (p *Payload) Size() int64 { return p.size }

// From is where it begins in the body.
func (p *Payload) From() int64 { return p.from }

// Taken reports whether Send has begun to read it, and so closes it.
func (p *Payload) Taken() bool { return p.taken }

// Close is for a payload that was not taken.
func (p *Payload) Close() error { return p.body.Close() }

func (p *Payload) Read(b []byte) (int, error) { return p.readBy(p.body.Read, b) }

// readBy is Read by that method of the body.
func (p *Payload) readBy(read readFunc, b []byte) (int, error) {
	if p.left == 0 {
		return 0, end(read, p.size)
	}
	n, err := read(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	switch {
	case err == io.EOF && p.left > 0:
		return n, fmt.Errorf("ended %d bytes before its size of %d", p.left, p.size)
	case err == io.EOF:
		return n, nil // the next Read returns that, after its look for more
	}
	return n, err
}

// end reports whether a body has ended where it should.
func end(read readFunc, size int64) error {
	var more [1]byte
	n, err := io.ReadFull(read, more[:])
	if n > 0 {
		return fmt.Errorf("continues after its size of %d bytes", size)
	}
	return err
}

// readFunc is an io.Reader.
type readFunc func(p []byte) (int, error)

func (r readFunc) Read(p []byte) (int, error) { return r(p) }
