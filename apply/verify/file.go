package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/apply/readback"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
	"github.com/vmxsync/vmxsync/state/read"
)

// file proves one file that is listed with its size, unless its proof is young enough.
func (r *run) file(ctx context.Context, c Copy, led *ledger, f File) File {
	want, was := c.manifestFile(f.Path), led.of(f.Path)
	if was.Proves(want, r.Since) && !state.IsAhead(was.At, r.Now()) && (was.Level == state.ReadProof || r.Level == Server) {
		return f.proven(Level(was.Level), was.At)
	}
	if ctx.Err() != nil {
		return f.failed(Later, "")
	}
	if r.Level == Server {
		return r.askServer(ctx, c, led, f, want)
	}
	return r.readFile(ctx, c, led, f, want, was)
}

// readFile reads a file, and once more if it does not fit.
func (r *run) readFile(ctx context.Context, c Copy, led *ledger, f File, want state.ManifestFile, was state.FileProof) File {
	reading := r.reading(ctx, c, led, f, want, was)
	sum, joined, err := reading.Sum(ctx)
	if err == nil && sum != want.SHA256 {
		if f, sum, err = r.again(ctx, c, f, reading, sum, joined); err != nil {
			return f.unread(ctx, c, err).doubtful()
		}
	}
	switch {
	case err != nil:
		return f.unread(ctx, c, err)
	case sum == want.SHA256:
		led.add(ctx, state.FileProof{Path: f.Path, Size: f.Size, SHA256: sum, At: r.Now().UTC(), Level: state.ReadProof})
		return f.proven(Read, r.Now())
	}
	// What was proven of it, or read in part, counts no more.
	f.At = r.Now().UTC()
	led.note(ctx, state.FileProof{Path: f.Path, Size: f.Size, At: f.At})
	return f
}

// again reads a file that did not fit a second time, in one piece, and finds the blocks that
// do not fit where they have sums. It returns the file with what is wrong, and the sum: the
// right one, if a reading that was joined from several was to blame.
func (r *run) again(ctx context.Context, c Copy, f File, reading readback.File, first string, joined bool) (File, string, error) {
	sums, unusable := c.blocksOf(ctx, f)
	reading = r.settling(reading)
	var hash *blocks.Hash
	if sums != nil {
		hash = blocks.NewHash(sums.Block)
		reading.Also = hash
	}
	second, _, err := reading.Sum(ctx)
	if err != nil {
		return f, first, err
	}
	want := reading.Want.SHA256
	switch {
	case second == want && joined:
		return f, second, nil
	case second == want:
		f = f.failed(Unreadable, "two readings differ: the first did not match the checksum, the second did")
		return f, first, nil
	case second != first && !joined:
		f = f.failed(Sum, fmt.Sprintf("two readings differ, and none has the checksum of the manifest: %s and %s", first, second))
	default:
		f = f.failed(Sum, fmt.Sprintf("its SHA-256 is %s, but %s in its manifest", second, want))
	}
	if hash != nil {
		f.Bad = ranges(*sums, hash.File())
	}
	if unusable != nil {
		f.Why += fmt.Sprintf("; its block sums cannot be used (%v)", unusable)
	}
	return f, second, nil
}

// blocksOf returns the block sums of a file, or nil if it has none. The error explains why they
// cannot be used.
func (c Copy) blocksOf(ctx context.Context, f File) (*blocks.File, error) {
	sums, err := read.Blocks(ctx, c.Store, c.Set.Path, c.Set.Manifest)
	if err != nil || sums == nil {
		return nil, err
	}
	b, there := sums.Of(f.Path)
	if !there || b.Size != f.Size {
		return nil, nil
	}
	return &b, nil
}

// ranges are the byte ranges of the blocks that differ.
func ranges(want, is blocks.File) (bad []string) {
	from := int64(-1)
	flush := func(to int64) {
		if from >= 0 {
			bad = append(bad, fmt.Sprintf("%d-%d", from, to-1))
		}
		from = -1
	}
	for i, sum := range want.Sums {
		at := int64(i) * want.Block
		switch differs := i >= len(is.Sums) || is.Sums[i] != sum; {
		case differs && from < 0:
			from = at
		case !differs:
			flush(at)
		}
	}
	flush(want.Size)
	return bad
}

// unread is a file that could not be read to its end.
func (f File) unread(ctx context.Context, c Copy, err error) File {
	_, disk := providers.As[providers.Folder](c.Store)
	switch {
	case errors.Is(err, readback.ErrSpent), errors.Is(context.Cause(ctx), errLate):
		return f.failed(Later, "")
	case ctx.Err() != nil:
		return f.failed(Unasked, "interrupted")
	case errors.Is(err, providers.ErrUnreachable): // also a disk that was unmounted, or a stale mount
		return f.failed(Unasked, err.Error())
	case errors.Is(err, fs.ErrNotExist):
		return f.failed(Missing, err.Error())
	case errors.Is(err, readback.ErrShort), errors.Is(err, fs.ErrPermission), disk:
		return f.failed(Unreadable, err.Error())
	}
	return f.failed(Unasked, err.Error())
}

// doubtful is a file whose first reading did not fit, and whose second one was cut: no damage
// yet, and nothing to put off untold either: where the time of a run is too short for a whole
// reading, no run would ever report it.
func (f File) doubtful() File {
	const doubt = "it did not match its checksum, and was not read a second time to its end"
	switch {
	case f.Outcome == Later:
		return f.failed(Unasked, doubt+": the time was over")
	case f.Outcome == Unasked:
		return f.failed(Unasked, doubt+": "+f.Why)
	}
	return f
}

// askServer has the server compute the sum of a file.
func (r *run) askServer(ctx context.Context, c Copy, led *ledger, f File, want state.ManifestFile) File {
	v, ok := providers.As[providers.Verifier](c.Store)
	if !ok || v.Verification() != providers.VerifyHash {
		return f.failed(Unasked, `it has no checksums of its own: set verify = "hash" in its transfer block, or use -level=read`)
	}
	err := v.Verify(ctx, path.Join(c.Set.Path, f.Path), notHere(want.Size), want.SHA256)
	switch {
	case errors.Is(err, providers.ErrMismatch):
		led.note(ctx, state.FileProof{Path: f.Path, Size: f.Size, At: r.Now().UTC()})
		f = f.failed(Sum, err.Error())
		f.At = r.Now().UTC()
		return f
	case err != nil:
		return f.unread(ctx, c, err)
	}
	led.add(ctx, state.FileProof{Path: f.Path, Size: f.Size, SHA256: want.SHA256, At: r.Now().UTC(), Level: state.ServerProof})
	return f.proven(Server, r.Now())
}

// notHere is the body of a file whose source is not asked: a server that computes other sums
// than SHA-256 cannot be compared with a manifest.
type notHere int64

func (n notHere) Size() int64 { return int64(n) }

func (n notHere) Open(int64) (io.ReadCloser, error) {
	return nil, errors.New("the server computes no SHA-256, and the manifest has no other sum: use -level=read")
}
