package restore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// chunk is how much is read at once, in bytes: whole pages.
const chunk = 16 * blocks.Page

// sparse writes a file on from some offset, and leaves holes where it is zero.
type sparse struct {
	to  providers.EditedFile
	at  int64
	end int64 // from here on nothing was ever written
}

// write takes the next bytes of the file.
func (w *sparse) write(p []byte) error {
	for len(p) > 0 {
		zero, n := run64k(p, w.at)
		var err error
		if zero {
			err = w.clear(p[:n])
		} else {
			_, err = w.to.WriteAt(p[:n], w.at)
		}
		if err != nil {
			return err
		}
		w.at += int64(n)
		p = p[n:]
	}
	return nil
}

// run64k is how many bytes at the begin of p, which lie at an offset of the file, are pages
// of zeros, or pages that are not.
func run64k(p []byte, at int64) (zero bool, n int) {
	for n < len(p) {
		page := p[n:min(len(p), n+int(blocks.Page-(at+int64(n))%blocks.Page))]
		is := blocks.IsZero(page)
		if n > 0 && is != zero {
			break
		}
		zero = is
		n += len(page)
	}
	return zero, n
}

// clear makes a range zero that p, all zero, is for: a hole where nothing was written, and
// else only where it is not zero already.
func (w *sparse) clear(p []byte) error {
	if w.at >= w.end {
		return nil
	}
	there := make([]byte, min(len(p), blocks.Page))
	for off := 0; off < len(p); off += len(there) {
		part := there[:min(len(there), len(p)-off)]
		n, err := w.to.ReadAt(part, w.at+int64(off))
		if err != nil && err != io.EOF {
			return err
		}
		if blocks.IsZero(part[:n]) {
			continue
		}
		if _, err := w.to.WriteAt(p[off:off+len(part)], w.at+int64(off)); err != nil {
			return err
		}
	}
	return nil
}

// hashRange writes a range of a file that is there to a hash. told is given how much was
// read.
func hashRange(ctx context.Context, h io.Writer, from io.ReaderAt, s span, told func(n int64)) error {
	r := io.NewSectionReader(from, s.from, s.to-s.from)
	buffer := make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(r, buffer)
		h.Write(buffer[:n])
		told(int64(n))
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil
		default:
			return err
		}
	}
}

// sumOf is the SHA-256, in hex, of what a reader delivers. told is given how many bytes were
// read.
func sumOf(ctx context.Context, from io.Reader, told func(n int64)) (string, error) {
	h, buffer, all := sha256.New(), make([]byte, chunk), int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := io.ReadFull(from, buffer)
		h.Write(buffer[:n])
		all += int64(n)
		told(all)
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return hex.EncodeToString(h.Sum(nil)), nil
		default:
			return "", err
		}
	}
}

// span is a range of bytes: to is the first behind it.
type span struct{ from, to int64 }
