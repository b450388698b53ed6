package payload

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// blockSize is as fast as sendfile on loopback; four blocks are in use at most
// per transfer: one being read, two waiting, one being sent. Where a sum takes longer
// than that, three more wait for it.
const blockSize = 512 << 10

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// block is a part of a payload; err is set on the last one.
type block struct {
	bytes *[blockSize]byte // nil: there is none
	n     int
	err   error
	users *atomic.Int32 // that have not done yet
}

// done is called by each user.
func (b block) done() {
	if b.users.Add(-1) == 0 {
		blocks.Put(b.bytes)
	}
}

// Send calls write for all of src, block by block. src is read in a second goroutine, and a
// body that sums up does so in a third. They end before Send returns, unless ctx
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

// fill owns src and closes it, after the sum of a body that sums up was taken.
func fill(src io.Reader, full chan<- block, stop <-chan struct{}) {
	defer close(full)
	users, sums := int32(1), chan block(nil)
	if p, ok := src.(*Payload); ok {
		defer p.body.Close()
		if body, ok := p.body.(providers.Summing); ok {
			users, sums = 2, make(chan block, 2)
			src = readFunc(func(b []byte) (int, error) { return p.readBy(body.ReadAlone, b) })
			summed := make(chan error, 1)
			go sum(body, sums, summed)
			defer func() {
				close(sums)
				if err := <-summed; err != nil {
					give(full, stop, block{err: err})
				}
			}()
		}
	}
	for {
		b := block{bytes: blocks.Get().(*[blockSize]byte), users: new(atomic.Int32)}
		b.users.Store(users)
		b.n, b.err = io.ReadFull(src, b.bytes[:])
		if !give(full, stop, b) {
			return
		}
		if sums != nil {
			sums <- b
		}
		if b.err != nil {
			return
		}
	}
}

// give passes a block on, unless nobody takes it any more.
func give(full chan<- block, stop <-chan struct{}, b block) bool {
	select {
	case full <- b:
		return true
	case <-stop:
		return false
	}
}

// sum takes the sum of all blocks, up to its first error.
func sum(body providers.Summing, blocks <-chan block, summed chan<- error) {
	var err error
	for b := range blocks {
		if err == nil {
			err = body.Take(b.bytes[:b.n])
		}
		b.done()
	}
	summed <- err
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
	defer b.done()
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
