package restore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// whole fetches a file without block sums: from its beginning, or behind what an earlier
// run has left of it.
func (t *transfer) whole(ctx context.Context) error {
	var failed []error
	for _, c := range t.copies {
		err := t.wholeFrom(ctx, c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			t.instead(failed)
			return nil
		}
		failed = append(failed, fmt.Errorf("%s at %s: %w", t.want.Path, c.Place, err))
	}
	return errors.Join(failed...)
}

// wholeFrom reads the file at one place: what was joined from several readings is read
// again from its beginning, and what does not fit once more.
func (t *transfer) wholeFrom(ctx context.Context, c copied) error {
	h, n, err := t.left(ctx)
	if err != nil {
		return err
	}
	joined, err := t.read(ctx, c, h, n, true)
	if err == nil && t.fits(h) {
		return t.to.Truncate(t.want.Size)
	}
	if ctx.Err() != nil || err != nil && !joined {
		return err
	}
	first := ""
	if !joined {
		first = sumText(h)
	}
	for {
		if h, err = t.restart(); err != nil {
			return err
		}
		if _, err = t.read(ctx, c, h, 0, false); err != nil {
			return err
		}
		if t.fits(h) {
			return t.to.Truncate(t.want.Size)
		}
		if first != "" {
			return t.unfit(first, sumText(h))
		}
		first = sumText(h)
	}
}

// unfit is the error of two readings of one place.
func (t *transfer) unfit(first, second string) error {
	if first != second {
		return fmt.Errorf("two readings differ, and none has the checksum of the manifest: %s and %s", first, second)
	}
	return fmt.Errorf("its SHA-256 is %s, but %s in its manifest", first, t.want.SHA256)
}

// fits reports whether all bytes that were hashed are those of the file.
func (t *transfer) fits(h hash.Hash) bool {
	return t.want.SHA256 == "" || sumText(h) == t.want.SHA256
}

func sumText(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// left hashes what an earlier run has left of the file. Without a sum nothing proves it.
func (t *transfer) left(ctx context.Context) (hash.Hash, int64, error) {
	info, err := t.to.Stat()
	if err != nil {
		return nil, 0, err
	}
	n := info.Size()
	if t.want.SHA256 == "" || n > t.want.Size {
		h, err := t.restart()
		return h, 0, err
	}
	h := sha256.New()
	err = hashRange(ctx, h, t.to, span{0, n}, func(n int64) {
		t.kept.Add(n)
		t.told(n)
	})
	return h, n, err
}

// restart forgets what is there.
func (t *transfer) restart() (hash.Hash, error) {
	t.have.Store(0)
	t.kept.Store(0)
	return sha256.New(), t.to.Truncate(0)
}

// read reads from offset n to the end of the file, and goes on where it broke, if it may.
// joined reports whether not all that was hashed is of one reading.
func (t *transfer) read(ctx context.Context, c copied, h hash.Hash, n int64, mayJoin bool) (joined bool, err error) {
	joined = n > 0
	if n == t.want.Size && n > 0 {
		return joined, nil // all of it was there
	}
	for try := 1; ; try++ {
		begun := n
		if n, err = t.stream(ctx, c, h, n); err == nil {
			return joined, nil
		}
		if n > begun {
			try = 0
		}
		if !mayJoin || ctx.Err() != nil || errors.Is(err, errMore) || try >= tries {
			return joined, err
		}
		joined = joined || n > 0
		if err := t.Pause(ctx, max(try, 1)); err != nil {
			return joined, err
		}
	}
}

// stream reads on from offset n until the end or an error, and returns how far it came.
func (t *transfer) stream(ctx context.Context, c copied, h hash.Hash, n int64) (int64, error) {
	r, err := c.store.Open(ctx, c.from(t.want), n)
	if err != nil {
		return n, err
	}
	defer r.Close()
	w := &sparse{to: t.to, at: n, end: n}
	buffer := make([]byte, min(chunk, max(t.want.Size-n, 1)))
	for w.at < t.want.Size {
		if err := ctx.Err(); err != nil {
			return w.at, err
		}
		got, err := io.ReadFull(r, buffer[:min(int64(len(buffer)), t.want.Size-w.at)])
		if err := w.write(buffer[:got]); err != nil {
			return w.at, err
		}
		h.Write(buffer[:got])
		t.came(int64(got))
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return w.at, fmt.Errorf("it ended after %d of %d bytes", w.at, t.want.Size)
		}
		if err != nil {
			return w.at, err
		}
	}
	return w.at, drain(r)
}
