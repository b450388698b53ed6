package ftp_test

import (
	"io"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// waiting is a body that is read only once something has been seen.
type waiting struct {
	providers.Body
	seen <-chan struct{}
}

func (w waiting) Open(offset int64) (io.ReadCloser, error) {
	<-w.seen
	return w.Body.Open(offset)
}

// trap is a body that does something once, when it is read at an offset.
type trap struct {
	providers.Body
	at   int64
	once sync.Once
	do   func()
}

func (b *trap) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	return &trapReader{ReadCloser: r, trap: b, read: offset}, err
}

type trapReader struct {
	io.ReadCloser
	trap *trap
	read int64
}

func (r *trapReader) Read(p []byte) (int, error) {
	if r.read >= r.trap.at {
		r.trap.once.Do(r.trap.do)
	}
	n, err := r.ReadCloser.Read(p)
	r.read += int64(n)
	return n, err
}
