package payload

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/vmxsync/vmxsync/providers/retry"
)

// blockSize is as fast as sendfile on loopback; four blocks are in use at most
// per transfer: one being read, two waiting, one being sent.
const blockSize = 512 << 10

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// block is a part of a payload; err is set on the last one.
type block struct {
	bytes *[blockSize]byte // nil: there is none
	n     int
	err   error
}

// Send calls write for all of src, block by block. src is read (and, by its owner,
// hashed) in a second goroutine. That goroutine ends before Send returns, unless ctx
// ended while a read of src was stuck: then as soon as that read returns. The error is
// that of write, the cause of ctx, or a retry.Unreadable.
func Send(ctx context.Context, src io.Reader, write func([]byte) error) error {
	return send(ctx, src, write, false)
}

// SendWhole is Send that writes the last block only when it is known to be the last:
// a reader at the other end that sees no abort would take a part for the whole.
func SendWhole(ctx context.Context, src io.Reader, write func([]byte) error) error {
	return send(ctx, src, write, true)
}

func send(ctx context.Context, src io.Reader, write func([]byte) error, behind bool) error {
	if p, ok := src.(*Payload); ok {
		p.taken = true
	}
	full, stop := make(chan block, 2), make(chan struct{})
	go fill(src, full, stop)
	err := drain(ctx, full, write, behind)
	close(stop)
	await(full, ctx.Done())
	return err
}

// fill owns src and closes it.
func fill(src io.Reader, full chan<- block, stop <-chan struct{}) {
	defer close(full)
	if p, ok := src.(*Payload); ok {
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

// drain writes blocks until the last, one block behind what was read if so wanted.
func drain(ctx context.Context, full <-chan block, write func([]byte) error, behind bool) error {
	var held block
	for {
		select {
		case b, more := <-full:
			if err := b.fault(); err != nil {
				return err
			}
			if behind {
				b, held = held, b
			}
			if err := b.send(write); err != nil || !more {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (b block) send(write func([]byte) error) error {
	if b.bytes == nil {
		return nil
	}
	defer blocks.Put(b.bytes)
	return write(b.bytes[:b.n])
}

// fault is the error of the read, where that was not the end of the payload.
func (b block) fault() error {
	if b.err == nil || errors.Is(b.err, io.EOF) || b.err == io.ErrUnexpectedEOF {
		return nil
	}
	return &retry.Unreadable{Err: b.err}
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
