package contract

import (
	"errors"
	"io"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

var errBody = errors.New("the body failed on purpose")

// failing is a body whose readers fail with errBody once they reach byte at.
type failing struct {
	providers.Body
	at int64
}

func (b failing) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	if err != nil || offset >= b.at {
		return io.NopCloser(errReader{}), err
	}
	return io.NopCloser(io.MultiReader(io.LimitReader(r, b.at-offset), errReader{})), nil
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errBody }

// closed is a body that cannot be opened at all.
type closed struct{ providers.Body }

func (closed) Open(int64) (io.ReadCloser, error) { return nil, errBody }

// lying is a body that says another size than it delivers.
type lying struct {
	providers.Body
	says int64
}

func (b lying) Size() int64 { return b.says }

// odd is a body whose readers keep io.Reader's law and nothing beyond it:
// small uneven pieces, reads of nothing, and the last bytes with io.EOF.
type odd struct{ providers.Body }

func (b odd) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	return &oddReader{ReadCloser: r, left: b.Size() - offset}, err
}

type oddReader struct {
	io.ReadCloser
	left int64
	turn int
}

func (r *oddReader) Read(p []byte) (int, error) {
	r.turn++
	if r.turn%5 == 0 {
		return 0, nil
	}
	n, err := r.ReadCloser.Read(p[:min(len(p), r.turn%1000)])
	if r.left -= int64(n); r.left == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// stuck is a body whose readers deliver its first bytes, tell so by closing
// reached, and wait there until release is called. Then they fail with err, or
// go on where err is nil.
type stuck struct {
	providers.Body
	err      error
	reached  chan struct{}
	arrive   func()
	released chan struct{}
	release  func()
}

func newStuck(size int64, err error) *stuck {
	reached, released := make(chan struct{}), make(chan struct{})
	return &stuck{
		Body: Noise{Bytes: size}, err: err,
		reached: reached, arrive: sync.OnceFunc(func() { close(reached) }),
		released: released, release: sync.OnceFunc(func() { close(released) }),
	}
}

func (b *stuck) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	if err != nil {
		return nil, err
	}
	first := min(b.Size()/2, 64<<10)
	return io.NopCloser(io.MultiReader(io.LimitReader(r, first), gate{b}, r)), nil
}

type gate struct{ *stuck }

func (g gate) Read([]byte) (int, error) {
	g.arrive()
	<-g.released
	if g.err != nil {
		return 0, g.err
	}
	return 0, io.EOF
}
