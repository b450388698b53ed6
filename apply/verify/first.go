package verify

import (
	"context"
	"fmt"
	"path"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/readback"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers/grace"
	"github.com/vmxsync/vmxsync/state"
)

// A set without checksums has nothing that its bytes could be compared with. Its first full
// reading finds the checksums and records them: the next plan puts them into the manifest.
// Readings before that are compared with the first one.

// readsFirst reports whether a file without a checksum is read, so that it gets one. Where
// nothing is recorded, it would be read in vain.
func (r *run) readsFirst(c Copy, f File) bool {
	return f.Outcome == NoSums && r.Level == Read && c.Work != ""
}

// first reads a file that has no checksum in the manifest.
func (r *run) first(ctx context.Context, c Copy, led *ledger, f File) File {
	want, was := c.manifestFile(f.Path), led.of(f.Path)
	if was.Level == state.ReadProof && was.Size == f.Size {
		want.SHA256 = was.SHA256
	}
	if was.Proves(want, r.Since) && !state.IsAhead(was.At, r.Now()) {
		return f.firstRead(was.At)
	}
	if ctx.Err() != nil {
		return f.failed(Later, "")
	}
	reading := r.reading(ctx, c, led, f, want, was)
	sum, joined, err := reading.Sum(ctx)
	if err != nil {
		return f.unread(ctx, c, err)
	}
	if want.SHA256 != "" && sum != want.SHA256 {
		return r.differs(ctx, c, led, f, reading, sum, joined)
	}
	led.add(ctx, state.FileProof{Path: f.Path, Size: f.Size, SHA256: sum, At: r.Now().UTC(), Level: state.ReadProof})
	return f.firstRead(r.Now())
}

// differs reads a file once more, in one piece, of which two readings differ. Nobody knows
// which one is right, so that none counts, unless one that was joined from several parts is
// to blame.
func (r *run) differs(ctx context.Context, c Copy, led *ledger, f File, reading readback.File, sum string, joined bool) File {
	earlier := reading.Was
	reading = r.settling(reading)
	again, _, err := reading.Sum(ctx)
	switch {
	case err != nil:
		return f.unread(ctx, c, err).doubtful()
	case again == earlier.SHA256 && joined:
		led.add(ctx, state.FileProof{Path: f.Path, Size: f.Size, SHA256: again, At: r.Now().UTC(), Level: state.ReadProof})
		return f.firstRead(r.Now())
	}
	led.note(ctx, state.FileProof{Path: f.Path, Size: f.Size, At: r.Now().UTC()})
	return f.failed(Unreadable, fmt.Sprintf("two readings differ, and the manifest has no checksum to decide: its SHA-256 was %s on %s, and is %s now",
		earlier.SHA256, earlier.At.UTC().Format(time.DateOnly), sum))
}

// firstRead is a file whose checksum was found by a reading.
func (f File) firstRead(at time.Time) File {
	f.Outcome, f.Level, f.At, f.Why = First, Read, at.UTC(), ""
	return f
}

// noteFirst leaves the file that has the next plan look at the set, if all of it was read, or
// removes it where that is not so any more. It comes after the proof, which it is about.
func (l *ledger) noteFirst(ctx context.Context, s Set) {
	c := l.copy
	if l.err != nil || c.Work == "" || !c.Set.Manifest.NoSums {
		return
	}
	ctx, cancel := grace.Detached(ctx)
	defer cancel()
	switch s.Verdict() {
	case First:
		l.err = remote.Write(ctx, c.Store, c.Work.First(c.Set.Key), []byte(c.Set.Key.String()+"\n"))
	case Unreadable:
		l.err = remote.RemoveIfThere(ctx, c.Store, c.Work.First(c.Set.Key))
	}
}

// reading is how a file is read, so that another run continues where this one is cut.
func (r *run) reading(ctx context.Context, c Copy, led *ledger, f File, want state.ManifestFile, was state.FileProof) readback.File {
	return readback.File{
		Store: c.Store, Path: path.Join(c.Set.Path, f.Path), Want: want, Was: was, Now: r.Now, Take: r.take,
		Told: func(offset int64) {
			r.tell(event.Fetching{Address: c.Address(), Path: f.Path, Received: offset, Size: want.Size, Kept: was.Offset, Done: offset == want.Size})
		},
		Save: func(part state.FileProof) { led.note(ctx, part) },
	}
}

// settling is a reading from the beginning, in one piece, whatever the budget: it settles a
// doubt.
func (r *run) settling(reading readback.File) readback.File {
	reading.Was, reading.Save = state.FileProof{}, nil
	reading.Take = func(n int64) bool { r.read.Add(n); return true }
	return reading
}
