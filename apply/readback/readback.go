package readback

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

const (
	// block is how much of a copy is read between two looks at the context.
	block = 1 << 20
	// savedEvery is how much of a file is read before the proof is written, so that an
	// interrupted reading continues there.
	savedEvery = 1 << 30
	// tries is how often a file is asked for, beginning anew with progress.
	tries = 3
)

// ErrSpent: the budget of bytes is spent. What was read is saved.
var ErrSpent = errors.New("the budget is spent")

// ErrShort: the place delivered all of the file that it has, and that is less than it should
// be. It wraps io.EOF; a connection that ended may wrap that as well, and is no ErrShort.
var ErrShort = fmt.Errorf("%w", io.EOF)

// File is a file of a copy, and how it is read.
type File struct {
	Store providers.Store
	Path  string // from the root of the place
	Want  state.ManifestFile
	Was   state.FileProof // what an earlier run has read of it
	Now   func() time.Time
	// Told is called with the offset that was reached; nil is allowed.
	Told func(offset int64)
	// Save records how far the reading came, every GiB and where it is cut; nil: a reading
	// is not continued, neither by this run nor by another.
	Save func(state.FileProof)
	// Take asks for n more bytes, and reports whether they may be read; nil allows all.
	Take func(n int64) bool
	// Also gets all bytes of a reading that is not continued; nil is allowed.
	Also io.Writer
}

// Sum reads the file block by block, and continues behind what an earlier run has read
// of it, or behind a break. sum is its SHA-256 in hex; joined reports whether it is over
// several readings. The error is ErrSpent, that of ctx, or that of the place, which wraps
// fs.ErrNotExist where the file is not there and ErrShort where it is shorter.
func (f File) Sum(ctx context.Context) (sum string, joined bool, err error) {
	h, offset := f.begin()
	anew := offset == 0
	for try := 1; ; try++ {
		n, err := f.blocks(ctx, h, offset)
		switch {
		case err == nil:
			return hex.EncodeToString(h.Sum(nil)), offset > 0, nil
		case ctx.Err() != nil || errors.Is(err, ErrSpent):
			f.savePart(h, n)
			return "", false, cmp.Or(ctx.Err(), err)
		case n > offset && f.Save != nil:
			offset, try = n, 0
		case errors.Is(err, fs.ErrNotExist) || try >= tries && anew || f.Also != nil:
			return "", false, err
		case f.Save == nil:
			h.Reset()
		case try >= tries: // the place may not begin in the middle
			anew, offset, try = true, 0, 0
			h.Reset()
		}
	}
}

// begin is the state of the hash behind what an earlier run has read, and how much that was.
func (f File) begin() (hash.Hash, int64) {
	h := sha256.New()
	if f.Was.Continues(f.Want.Size, f.Now()) && h.(encoding.BinaryUnmarshaler).UnmarshalBinary(f.Was.Hash) == nil {
		return h, f.Was.Offset
	}
	return sha256.New(), 0
}

// blocks reads from offset to the end, and returns how far it got.
func (f File) blocks(ctx context.Context, h hash.Hash, offset int64) (int64, error) {
	r, err := f.Store.Open(ctx, f.Path, offset)
	if err != nil {
		return offset, err
	}
	defer r.Close()
	to := io.Writer(h)
	if f.Also != nil {
		to = io.MultiWriter(h, f.Also)
	}
	for saved := offset; offset < f.Want.Size; {
		next := min(block, f.Want.Size-offset)
		if f.Take != nil && !f.Take(next) {
			return offset, ErrSpent
		}
		n, err := io.CopyN(to, r, next)
		offset += n
		if err == io.EOF {
			err = fmt.Errorf("it ended after %d of %d bytes: %w", offset, f.Want.Size, ErrShort)
		}
		if err != nil {
			return offset, err
		}
		if f.Told != nil {
			f.Told(offset)
		}
		if offset-saved >= savedEvery && offset < f.Want.Size {
			saved = offset
			f.savePart(h, offset)
		}
		if err := ctx.Err(); err != nil {
			return offset, err
		}
	}
	return offset, nil
}

// savePart records that the bytes up to offset are hashed.
func (f File) savePart(h hash.Hash, offset int64) {
	if f.Save == nil || offset == 0 {
		return
	}
	text, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err == nil {
		f.Save(f.Was.Cut(f.Want, offset, text, f.Now()))
	}
}
