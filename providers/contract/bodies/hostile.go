package bodies

import (
	"errors"
	"io"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// ErrFailed is the error of the bodies that fail.
var ErrFailed = errors.New("the body failed on purpose")

// Failing is a body whose readers fail with ErrFailed once they reach byte At.
type Failing struct {
	providers.Body
	At int64
}

// Open reads as far as the body goes.
func (b Failing) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	if err != nil || offset >= b.At {
		return io.NopCloser(errReader{}), err
	}
	return io.NopCloser(io.MultiReader(io.LimitReader(r, b.At-offset), errReader{})), nil
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, ErrFailed }

// Closed is a body that cannot be opened at all.
type Closed struct{ providers.Body }

// Open fails.
func (Closed) Open(int64) (io.ReadCloser, error) { return nil, ErrFailed }

// Lying is a body that says another size than it delivers.
type Lying struct {
	providers.Body
	Says int64
}

// Size is not that of the body.
func (b Lying) Size() int64 { return b.Says }

// Odd is a body whose readers keep io.Reader's law and nothing beyond it:
// small uneven pieces, reads of nothing, and the last bytes with io.EOF.
type Odd struct{ providers.Body }

// Open reads in uneven pieces.
func (b Odd) Open(offset int64) (io.ReadCloser, error) {
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

// Stuck is a body whose readers deliver its first bytes, report that by closing
// Reached, and wait there until Release is called. Then they fail with err, or
// go on where err is nil.
type Stuck struct {
	providers.Body
	err      error
	Reached  chan struct{}
	arrive   func()
	released chan struct{}
	Release  func()
}

// NewStuck is a body of size bytes.
func NewStuck(size int64, err error) *Stuck {
	reached, released := make(chan struct{}), make(chan struct{})
	return &Stuck{
		Body: Noise{Bytes: size}, err: err,
		Reached: reached, arrive: sync.OnceFunc(func() { close(reached) }),
		released: released, Release: sync.OnceFunc(func() { close(released) }),
	}
}

// Open reads as far as the gate, and on.
func (b *Stuck) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	if err != nil {
		return nil, err
	}
	first := min(b.Size()/2, 64<<10)
	return io.NopCloser(io.MultiReader(io.LimitReader(r, first), gate{b}, r)), nil
}

type gate struct{ *Stuck }

func (g gate) Read([]byte) (int, error) {
	g.arrive()
	<-g.released
	if g.err != nil {
		return 0, g.err
	}
	return 0, io.EOF
}
