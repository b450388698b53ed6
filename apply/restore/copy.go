package restore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
)

// Copy writes one file of one set to w, and compares its checksum when all is written: w may
// hold other bytes than the set, where the error wraps providers.ErrMismatch. Where a place
// breaks off, it continues there, or at another place that holds the same file.
func Copy(ctx context.Context, plan *restore.Plan, o Options, w io.Writer) error {
	if len(plan.Sets) != 1 || len(plan.Sets[0].Files) != 1 {
		return errors.New("it is not one file of one set")
	}
	r := &run{Options: o, plan: plan}
	if r.Pause == nil {
		r.Pause = pause
	}
	s := plan.Sets[0]
	copies, err := r.copies(ctx, s)
	if err != nil {
		return r.vanished(ctx, s, err)
	}
	f, h, n := s.Files[0], sha256.New(), int64(0)
	var failed []error
	for _, c := range copies {
		if !c.holds(f) {
			continue
		}
		if n, err = r.copyFrom(ctx, c, s, w, h, n); err == nil {
			return fit(f, h)
		}
		if _, ours := errors.AsType[*writeError](err); ours || ctx.Err() != nil {
			return err
		}
		failed = append(failed, fmt.Errorf("%s at %s: %w", f.Path, c.Place, err))
	}
	return r.vanished(ctx, s, errors.Join(failed...))
}

// fit compares the checksum of what was written.
func fit(f restore.File, h hash.Hash) error {
	if sum := sumText(h); f.SHA256 != "" && sum != f.SHA256 {
		return fmt.Errorf("%s: its SHA-256 is %s, but %s in its manifest: %w", f.Path, sum, f.SHA256, providers.ErrMismatch)
	}
	return nil
}

// writeError is the error of who takes the bytes.
type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// copyFrom copies from offset n on, and returns how far it came.
func (r *run) copyFrom(ctx context.Context, c copied, s restore.Set, w io.Writer, h hash.Hash, n int64) (int64, error) {
	for try := 1; ; try++ {
		begun := n
		var err error
		if n, err = r.copyOnce(ctx, c, s, w, h, n); err == nil {
			return n, nil
		}
		if n > begun {
			try = 0
		}
		if _, ours := errors.AsType[*writeError](err); ours || ctx.Err() != nil || try >= tries {
			return n, err
		}
		if err := r.Pause(ctx, max(try, 1)); err != nil {
			return n, err
		}
	}
}

func (r *run) copyOnce(ctx context.Context, c copied, s restore.Set, w io.Writer, h hash.Hash, n int64) (int64, error) {
	f := s.Files[0]
	from, err := c.store.Open(ctx, c.from(f), n)
	if err != nil {
		return n, err
	}
	defer from.Close()
	buffer := make([]byte, min(chunk, max(f.Size-n, 1)))
	for n < f.Size {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		got, err := io.ReadFull(from, buffer[:min(int64(len(buffer)), f.Size-n)])
		if _, err := w.Write(buffer[:got]); err != nil {
			return n, &writeError{err}
		}
		h.Write(buffer[:got])
		n += int64(got)
		r.tell(event.Fetching{Address: s.Address(), Path: f.Path, Received: n, Size: f.Size})
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = fmt.Errorf("it ended after %d of %d bytes", n, f.Size)
		}
		if err != nil {
			return n, err
		}
	}
	return n, drain(from)
}
