package providers

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// Resumer is a store that can finish a file of which an earlier Put or Resume
// left a part.
type Resumer interface {
	// Resume is Put, but for what path may hold already: as much of that as is
	// proven to be how body begins is not sent again. kept is the number of
	// those bytes, 0 where the file was sent from its beginning. The caller
	// answers for it that the part was made from this very body.
	Resume(ctx context.Context, path string, body Body) (kept int64, err error)
}

// SampleReader is a body that can be read anywhere at no cost, without the reading
// counting as a part of the Put.
type SampleReader interface {
	// OpenSample is Open for callers that only compare.
	OpenSample(offset int64) (io.ReadCloser, error)
}

// OpenSample reads a body from offset on, for a comparison.
func OpenSample(b Body, offset int64) (io.ReadCloser, error) {
	if p, ok := b.(SampleReader); ok {
		return p.OpenSample(offset)
	}
	return b.Open(offset)
}

// ErrRewritten is the error of an Open of a body whose first bytes are no longer
// those that an earlier upload read of it. Open(0) works.
var ErrRewritten = errors.New("was rewritten after a part of it was sent")

// Recorded is a body of which it is known what was read of it for a part that an
// earlier upload has left.
type Recorded interface {
	// Unrecorded is from where on, within the first n bytes, this is not known:
	// whether the part was made from this very body is then for the store to
	// prove, byte by byte. n: all is known.
	Unrecorded(n int64) (from int64)
}

// Summing is a reader of a body that sums up what it delivers. Whoever reads by ReadAlone
// calls Take for the same bytes, in their order, before it closes the reader: reading and
// summing can go on at the same time then. Read does both.
type Summing interface {
	io.ReadCloser
	ReadAlone(p []byte) (n int, err error)
	Take(p []byte) error
}

// Unrecorded is that of a body; what is not Recorded is answered for by the caller.
func Unrecorded(b Body, n int64) int64 {
	if r, ok := b.(Recorded); ok {
		return r.Unrecorded(n)
	}
	return n
}

// Begins reports whether body begins with all that part delivers, byte for byte.
func Begins(ctx context.Context, body Body, part io.Reader) (bool, error) {
	whole, err := OpenSample(body, 0)
	if err != nil {
		return false, err
	}
	defer whole.Close()
	var a, b [64 << 10]byte
	for ctx.Err() == nil {
		n, err := io.ReadFull(part, a[:])
		if _, short := io.ReadFull(whole, b[:n]); short != nil && n > 0 {
			return false, endless(short)
		}
		if !bytes.Equal(a[:n], b[:n]) {
			return false, nil
		}
		if err != nil {
			return endless(err) == nil, endless(err)
		}
	}
	return false, ctx.Err()
}

// endless is err, unless that is only the end of a reader.
func endless(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// Verifier is a store whose configuration says how the content of what was put
// is proven, beyond its size.
type Verifier interface {
	// Verification names the proof: VerifySize, VerifyHash or VerifyReadback.
	Verification() string
	// Verify proves that path holds body, whose SHA-256 in hex is sum. The
	// error wraps ErrMismatch where it holds something else.
	Verify(ctx context.Context, path string, body Body, sum string) error
}

// ServerSummer is the settings of a place whose server may compute sums of files.
type ServerSummer interface {
	// AsksServer reports whether these settings have it do so: VerifyHash.
	AsksServer() bool
}

// SupportChecker is a store whose configuration may demand what its place cannot do,
// which is known after the first call.
type SupportChecker interface {
	// CheckSupport is nil, or names what the place lacks.
	CheckSupport() error
}

// The ways to prove the content of a file.
const (
	VerifySize     = "size"     // only its size, which every Put is compared by
	VerifyHash     = "hash"     // a sum that the place computes
	VerifyReadback = "readback" // every byte, read again
)
