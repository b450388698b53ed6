package ftp

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// blockSize is as fast as sendfile on loopback; four blocks are in use at most
// per transfer: one being read, two waiting, one being sent.
const blockSize = 512 << 10

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// block is a part of a payload; err is set on the last one.
type block struct {
	bytes *[blockSize]byte
	n     int
	err   error
}

// ReadFrom sends all of src, which is read (and, by its owner, hashed) in a
// second goroutine. That goroutine ends before ReadFrom returns, unless the
// call was cancelled while a read of src was stuck: then as soon as that read
// returns.
func (d *data) ReadFrom(src io.Reader) (int64, error) {
	d.upload = true
	if p, ok := src.(*payload); ok {
		p.owned = true
	}
	full := make(chan block, 2)
	stop := make(chan struct{})
	go fill(src, full, stop)
	err := d.drain(full)
	close(stop)
	await(full, d.session.life.Done())
	if err != nil {
		d.failed = err
	}
	if isLocal(err) {
		d.session.discard() // the server must not take the part for the whole
	}
	return d.sent, err
}

// fill owns src and closes it.
func fill(src io.Reader, full chan<- block, stop <-chan struct{}) {
	defer close(full)
	if p, ok := src.(*payload); ok {
		defer p.body.Close()
	}
	for {
		b := block{bytes: blocks.Get().(*[blockSize]byte)}
		b.n, b.err = io.ReadFull(src, b.bytes[:])
		select {
		case full <- b:
		case <-stop:
			return
		}
		if b.err != nil {
			return
		}
	}
}

// drain sends blocks until the last.
func (d *data) drain(full <-chan block) error {
	for {
		select {
		case b, ok := <-full:
			if !ok {
				return nil
			}
			if err := d.send(b); err != nil {
				return err
			}
		case <-d.session.life.Done():
			return errAborted
		}
	}
}

func (d *data) send(b block) error {
	defer blocks.Put(b.bytes)
	if err := b.fault(); err != nil {
		return err
	}
	return d.write(b.bytes[:b.n])
}

// write sends p at the pace of the destination. The waits are outside of the
// deadlines, which are those of single writes.
func (d *data) write(p []byte) error {
	pace := d.session.dialer.pace
	for len(p) > 0 {
		n := pace.Piece(len(p))
		if pace.Wait(d.session.life, n) != nil {
			return errAborted
		}
		n, err := d.Conn.Write(p[:n])
		d.sent += int64(n)
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// fault is the error of the read, where that was not the end of the payload.
func (b block) fault() error {
	if b.err == nil || errors.Is(b.err, io.EOF) || b.err == io.ErrUnexpectedEOF {
		return nil
	}
	return &unreadable{b.err}
}

// await returns when fill has ended, or when nobody waits for it any more.
func await(full <-chan block, done <-chan struct{}) {
	for {
		select {
		case _, ok := <-full:
			if !ok {
				return
			}
		case <-done:
			return
		}
	}
}

// payload is a body that is exactly as long as it said, or an error.
type payload struct {
	body  io.ReadCloser
	from  int64 // where it begins
	left  int64
	size  int64
	owned bool // by fill, which closes the body
}

func newPayload(body providers.Body, from int64) (*payload, error) {
	r, err := body.Open(from)
	if err != nil {
		return nil, err
	}
	return &payload{body: r, from: from, left: body.Size() - from, size: body.Size()}, nil
}

func (p *payload) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, p.end()
	}
	n, err := p.body.Read(b[:min(int64(len(b)), p.left)])
	p.left -= int64(n)
	switch {
	case err == io.EOF && p.left > 0:
		return n, fmt.Errorf("ended %d bytes before its size of %d", p.left, p.size)
	case err == io.EOF:
		return n, nil // the next Read returns that, after its look for more
	}
	return n, err
}

// end reports whether the body has ended where it should.
func (p *payload) end() error {
	var more [1]byte
	n, err := io.ReadFull(p.body, more[:])
	if n > 0 {
		return fmt.Errorf("continues after its size of %d bytes", p.size)
	}
	return err
}
