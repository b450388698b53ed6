package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"sync"

	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// Body is a file of a source that is hashed as it is sent. It refuses to
// open once the file is not as planned.
type Body struct {
	Reading
	size int64
	open func(offset int64) (io.ReadCloser, error)
	last *hashedReader // the one that the store read to its end
}

// Reading is what a body needs besides its file. The zero value is ready to use.
type Reading struct {
	Told      func(sent, kept int64) // is called with each block that was read; may be nil
	Perm      fs.FileMode            // of the file at the source; 0: not known
	Record    *sent.Record           // what was read of the file; nil: not recorded
	AsClaimed func() bool            // no byte of it was written since its upload began
	Block     int64                  // bytes: a larger file is hashed in blocks as well; 0: none is
}

// OpenSample reads from offset on, and hashes nothing.
func (b *Body) OpenSample(offset int64) (io.ReadCloser, error) { return b.open(offset) }

// NewBody makes the body of a file as the plan names it. It lives as long as
// one Put under ctx.
func NewBody(ctx context.Context, store providers.Store, want providers.File, r Reading) *Body {
	if r.Told == nil {
		r.Told = func(int64, int64) {}
	}
	return &Body{Reading: r, size: want.Size, open: func(offset int64) (io.ReadCloser, error) {
		if err := Unchanged(ctx, store, want); err != nil {
			return nil, &Error{err}
		}
		from, err := store.Open(ctx, want.Path, offset)
		if err != nil {
			return nil, &Error{err}
		}
		return sourceReader{from}, nil
	}}
}

// sourceReader marks errors as errors of the source.
type sourceReader struct{ io.ReadCloser }

func (r sourceReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = &Error{err}
	}
	return n, err
}

// Mode are the permissions of the file at the source.
func (b *Body) Mode() fs.FileMode { return b.Perm }

// Size is the planned size.
func (b *Body) Size() int64 { return b.size }

// Open starts at the beginning of the file: the bytes before offset are read as well,
// for the checksum.
func (b *Body) Open(offset int64) (io.ReadCloser, error) {
	from, err := b.open(0)
	if err != nil {
		return nil, err
	}
	r := &hashedReader{from: from, hash: sha256.New(), told: func(sent int64) { b.Told(sent, offset) }}
	if b.Block > 0 && b.size > b.Block {
		r.blocks = blocks.NewHash(b.Block)
	}
	if b.Record != nil {
		r.marks = b.Record.Begin(offset)
	}
	if _, err := io.CopyN(io.Discard, r, offset); err != nil {
		r.Close()
		return nil, err
	}
	b.last = r
	return r, nil
}

// Unrecorded implements providers.Recorded. The disk's own time of the last
// change proves all; where it moved, or is not known, the record does.
func (b *Body) Unrecorded(n int64) int64 {
	if b.Record == nil || b.AsClaimed() {
		return n
	}
	return b.Record.Covers(n)
}

// Sum is the SHA-256 of what the last reader delivered, which must be all.
func (b *Body) Sum() (string, error) {
	r := b.last
	if r == nil && b.size == 0 {
		r = &hashedReader{hash: sha256.New()}
	}
	if r == nil || r.n != b.size {
		return "", fmt.Errorf("the store did not read all of the %d bytes", b.size)
	}
	return hex.EncodeToString(r.hash.Sum(nil)), nil
}

// Blocks are the block sums of the file, once Sum has returned one; nil where it is not
// larger than a block.
func (b *Body) Blocks() *blocks.File {
	if b.last == nil || b.last.blocks == nil {
		return nil
	}
	f := b.last.blocks.File()
	return &f
}

// hashedReader hashes what it delivers. Each opening has its own, so that one
// that was given up cannot disturb the next.
type hashedReader struct {
	from   io.ReadCloser
	hash   hash.Hash
	read   int64 // bytes
	n      int64 // of them were hashed
	told   func(sent int64)
	marks  *sent.Marks  // nil: not recorded
	blocks *blocks.Hash // nil: it is not hashed in blocks
}

func (r *hashedReader) Read(p []byte) (int, error) {
	n, err := r.ReadAlone(p)
	if odd := r.Take(p[:n]); odd != nil {
		return 0, odd
	}
	return n, err
}

// ReadAlone is Read for a caller that calls Take.
func (r *hashedReader) ReadAlone(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if n > 0 {
		r.read += int64(n)
		r.told(r.read)
	}
	return n, err
}

// Take hashes p, and stops at the end of each block. The sums of blocks and that of the whole
// file are computed at the same time: each takes as long as to send the bytes.
func (r *hashedReader) Take(p []byte) error {
	if r.blocks != nil {
		var inBlocks sync.WaitGroup
		defer inBlocks.Wait()
		all := p
		inBlocks.Go(func() { r.blocks.Write(all) })
	}
	for len(p) > 0 {
		n := min(int64(len(p)), sent.BlockBytes-r.n%sent.BlockBytes)
		r.hash.Write(p[:n])
		r.n += n
		p = p[n:]
		if r.marks == nil || r.n%sent.BlockBytes != 0 {
			continue
		}
		if err := r.marks.Reached(r.n, r.hash.Sum(nil)); err != nil {
			return err
		}
	}
	return nil
}

func (r *hashedReader) Close() error {
	r.marks.End()
	return r.from.Close()
}

var (
	_ providers.Recorded = (*Body)(nil)
	_ providers.Summing  = (*hashedReader)(nil)
)
