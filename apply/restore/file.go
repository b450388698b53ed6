package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// transfer is one file that is brought back.
type transfer struct {
	*run
	set    restore.Set
	want   restore.File
	copies []copied // that hold it
	to     providers.EditedFile
	have   atomic.Int64 // bytes that are there, for the progress
	kept   atomic.Int64 // of those, proven before any was fetched
}

// file brings one file into the hidden folder, proven.
func (r *run) file(ctx context.Context, s restore.Set, f restore.File, copies []copied) error {
	t := &transfer{run: r, set: s, want: f}
	var sums *blocks.File
	for _, c := range copies {
		if !c.holds(f) {
			continue
		}
		t.copies = append(t.copies, c)
		if sums == nil {
			sums = c.of(f)
		}
	}
	if len(t.copies) == 0 {
		return fmt.Errorf("%s: no place holds it any more", f.Path)
	}
	p := path.Join(s.Hidden(), f.Path)
	var err error
	if t.to, err = r.Target.Edit(ctx, p); err != nil {
		return err
	}
	err = t.fill(ctx, sums)
	if err == nil {
		err = t.to.Sync()
	}
	if closed := t.to.Close(); err == nil {
		err = closed
	}
	if err == nil && !f.ModTime.IsZero() {
		err = r.Target.SetModTime(ctx, p, f.ModTime)
	}
	if err != nil {
		return err
	}
	r.kept.Add(t.kept.Load())
	r.tell(event.Fetching{Address: s.Address(), Path: f.Path, Received: f.Size, Size: f.Size, Kept: t.kept.Load(), Done: true})
	return nil
}

func (t *transfer) fill(ctx context.Context, sums *blocks.File) error {
	if sums != nil {
		return t.byBlocks(ctx, *sums)
	}
	return t.whole(ctx)
}

// instead reports the places that did not deliver a file which another one has.
func (t *transfer) instead(failed []error) {
	for _, err := range failed {
		t.remark(t.set, "%v. It was taken from another place.", err)
	}
}

// told notes bytes that are there now.
func (t *transfer) told(n int64) {
	t.tell(event.Fetching{Address: t.set.Address(), Path: t.want.Path, Received: t.have.Add(n), Size: t.want.Size, Kept: t.kept.Load()})
}

// came notes bytes that came from a place.
func (t *transfer) came(n int64) {
	t.run.fetched.Add(n)
	t.told(n)
}

// from is the file at a place.
func (c copied) from(f restore.File) string { return path.Join(c.Path, f.Path) }

// errMore: the place has more bytes than the manifest names.
var errMore = errors.New("the file has more bytes than its manifest names")

// drain reads the end of a file that was read whole: a session that has seen it can be used
// again.
func drain(r io.Reader) error {
	var one [1]byte
	n, err := io.ReadFull(r, one[:])
	switch {
	case n > 0:
		return errMore
	case err == io.EOF:
		return nil
	}
	return err
}
