package restore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// byBlocks fetches a file whose blocks have sums: those that are there are kept, the others
// are fetched in segments over several connections, each proven as it arrives.
func (t *transfer) byBlocks(ctx context.Context, sums blocks.File) error {
	missing, err := t.missing(ctx, sums)
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range t.copies {
		if len(missing) == 0 {
			break
		}
		f := &fetch{transfer: t, sums: sums, from: c, readings: map[int64][]blocks.Sum{}}
		missing, err = f.all(ctx, missing)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s at %s: %w", t.want.Path, c.Place, err))
		}
	}
	if len(missing) == 0 {
		t.instead(failed)
		return nil
	}
	return errors.Join(failed...)
}

// missing are the blocks of which the file does not hold the right bytes. It has its length
// then: what was not written is a hole, and a block of zeros need not be fetched.
func (t *transfer) missing(ctx context.Context, sums blocks.File) (missing []int64, err error) {
	info, err := t.to.Stat()
	if err != nil {
		return nil, err
	}
	written := min(info.Size(), sums.Size)
	if err := t.to.Truncate(sums.Size); err != nil {
		return nil, err
	}
	for i := range int64(len(sums.Sums)) {
		at := extent(sums, i)
		is := t.zeros(at.to - at.from)
		if at.from < written {
			h := sha256.New()
			if err := hashRange(ctx, h, t.to, at, func(int64) {}); err != nil {
				return nil, err
			}
			is = blocks.Sum(h.Sum(nil))
		}
		if is != sums.Sums[i] {
			missing = append(missing, i)
			continue
		}
		t.kept.Add(at.to - at.from)
		t.told(at.to - at.from)
	}
	return missing, ctx.Err()
}

// zeros is the sum of a block of zeros of that length.
func (r *run) zeros(n int64) blocks.Sum {
	if sum, known := r.zeroSums.Load(n); known {
		return sum.(blocks.Sum)
	}
	h, page := sha256.New(), make([]byte, blocks.Page)
	for left := n; left > 0; left -= int64(len(page)) {
		h.Write(page[:min(left, int64(len(page)))])
	}
	sum := blocks.Sum(h.Sum(nil))
	r.zeroSums.Store(n, sum)
	return sum
}

// extent is where a block lies in its file.
func extent(f blocks.File, i int64) span {
	return span{i * f.Block, min((i+1)*f.Block, f.Size)}
}

// fetch is the reading of blocks of one file at one place.
type fetch struct {
	*transfer
	sums blocks.File
	from copied

	mu        sync.Mutex
	readings  map[int64][]blocks.Sum // of blocks that were not as they should be
	good      int                    // blocks that were, behind the beginning of the file
	noOffsets bool                   // the place does not begin where it is asked to
}

// all fetches blocks, those that do not fit once more, and returns those that are still
// missing, with the reason.
func (f *fetch) all(ctx context.Context, missing []int64) ([]int64, error) {
	left, err := f.segments(ctx, missing)
	if len(left) == 0 || ctx.Err() != nil || errors.Is(err, providers.ErrUnreachable) {
		return left, err
	}
	if f.noOffsets || f.good == 0 && left[len(left)-1] > 0 {
		left, err = f.fromStart(ctx, left)
	} else {
		left, err = f.segments(ctx, left)
	}
	if len(left) == 0 || err != nil {
		return left, err
	}
	return left, f.damage(left)
}

// segments fetches runs of blocks, as many at once as the place has connections.
func (f *fetch) segments(ctx context.Context, missing []int64) ([]int64, error) {
	width := parallel.Width(f.Parallelism, f.from.store)
	runs := split(missing, width)
	left, errs := make([][]int64, len(runs)), make([]error, len(runs))
	parallel.All(ctx, width, len(runs), func(i int) {
		left[i], errs[i] = f.segment(ctx, runs[i])
	})
	return slices.Concat(left...), errors.Join(errs...)
}

// split cuts blocks into runs that follow each other, at least n of them if there are so
// many blocks.
func split(missing []int64, n int) (runs [][]int64) {
	most := max((len(missing)+n-1)/n, 1)
	for len(missing) > 0 {
		length := 1
		for length < len(missing) && length < most && missing[length] == missing[length-1]+1 {
			length++
		}
		runs = append(runs, missing[:length])
		missing = missing[length:]
	}
	return runs
}

// segment fetches a run of blocks, and goes on where it broke. It returns those that it has
// not got, or not right.
func (f *fetch) segment(ctx context.Context, blocks []int64) (left []int64, err error) {
	for try := 1; len(blocks) > 0; try++ {
		bad, n, err := f.stream(ctx, blocks)
		left, blocks = append(left, bad...), blocks[n:]
		if len(blocks) == 0 {
			return left, nil
		}
		if n > 0 {
			try = 0
		}
		if errors.Is(err, errTurn) {
			continue
		}
		if ctx.Err() != nil || try >= tries || f.blind() {
			return append(left, blocks...), err
		}
		if err := f.Pause(ctx, max(try, 1)); err != nil {
			return append(left, blocks...), err
		}
	}
	return left, nil
}

// errNoOffset: what came begins at the beginning of the file.
var errNoOffset = errors.New("the server does not begin where it is asked to")

// errTurn: the session is given to who waits for one, such as the mark of this restore.
var errTurn = errors.New("it was long enough")

// turn is how long one session reads blocks, if others wait.
const turn = time.Minute

// stream reads blocks that follow each other until it breaks. n is how many came, bad which
// of those did not fit.
func (f *fetch) stream(ctx context.Context, run []int64) (bad []int64, n int, err error) {
	r, err := f.from.store.Open(ctx, f.from.from(f.want), extent(f.sums, run[0]).from)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	began := time.Now()
	for _, i := range run {
		if n > 0 && time.Since(began) > turn {
			return bad, n, errTurn
		}
		sum, err := f.block(ctx, r, extent(f.sums, i), true)
		if err != nil {
			return bad, n, err
		}
		switch {
		case sum == f.sums.Sums[i]:
			f.fits(i)
		case i > 0 && n == 0 && sum == f.sums.Sums[0]:
			f.loseOffsets()
			return bad, n, errNoOffset
		default:
			f.note(i, sum)
			bad = append(bad, i)
		}
		n++
	}
	if extent(f.sums, run[len(run)-1]).to == f.sums.Size {
		_ = drain(r) // all that is wanted has come, and is proven
	}
	return bad, n, nil
}

// fromStart reads the whole file once, for a place that begins nowhere else.
func (f *fetch) fromStart(ctx context.Context, missing []int64) (left []int64, err error) {
	r, err := f.from.store.Open(ctx, f.from.from(f.want), 0)
	if err != nil {
		return missing, err
	}
	defer r.Close()
	for i := int64(0); len(missing) > 0; i++ {
		wanted := missing[0] == i
		sum, err := f.block(ctx, r, extent(f.sums, i), wanted)
		if err != nil {
			return append(left, missing...), err
		}
		if !wanted {
			continue
		}
		missing = missing[1:]
		if sum != f.sums.Sums[i] {
			f.note(i, sum)
			left = append(left, i)
		}
	}
	return left, nil
}

// block reads one block to its place in the file, if it is wanted there.
func (f *fetch) block(ctx context.Context, r io.Reader, at span, wanted bool) (blocks.Sum, error) {
	h, w := sha256.New(), &sparse{to: f.to, at: at.from, end: at.to}
	buffer := make([]byte, min(chunk, at.to-at.from))
	for n := at.from; n < at.to; {
		if err := ctx.Err(); err != nil {
			return blocks.Sum{}, err
		}
		got, err := io.ReadFull(r, buffer[:min(int64(len(buffer)), at.to-n)])
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = fmt.Errorf("it ended after %d of %d bytes", n+int64(got), f.sums.Size)
		}
		if err != nil {
			return blocks.Sum{}, err
		}
		n += int64(got)
		if !wanted {
			f.run.fetched.Add(int64(got))
			continue
		}
		if err := w.write(buffer[:got]); err != nil {
			return blocks.Sum{}, err
		}
		h.Write(buffer[:got])
		f.came(int64(got))
	}
	return blocks.Sum(h.Sum(nil)), nil
}

// note keeps what a block was that does not fit. It is no longer counted as there.
func (f *fetch) note(i int64, sum blocks.Sum) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readings[i] = append(f.readings[i], sum)
	at := extent(f.sums, i)
	f.have.Add(at.from - at.to)
}

func (f *fetch) fits(i int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i > 0 {
		f.good++
	}
}

func (f *fetch) loseOffsets() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.noOffsets = true
}

func (f *fetch) blind() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.noOffsets
}

// damage is the error of blocks that did not fit.
func (f *fetch) damage(left []int64) error {
	var bad []span
	differ := false
	for _, i := range left {
		at := extent(f.sums, i)
		if n := len(bad); n > 0 && bad[n-1].to == at.from {
			bad[n-1].to = at.to
		} else {
			bad = append(bad, at)
		}
		sums := f.readings[i]
		differ = differ || len(slices.Compact(slices.Clone(sums))) > 1
	}
	if differ {
		return fmt.Errorf("bytes %s do not match their checksums, and two readings of them differ: %w", ranges(bad), providers.ErrMismatch)
	}
	return fmt.Errorf("bytes %s do not match their checksums: %w", ranges(bad), providers.ErrMismatch)
}
