package apply

import (
	"context"
	"io"

	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// record names a file of the set for the record of what was read of it.
func (j *job) record(f diff.File) sent.File {
	return sent.File{Place: j.place.Location, Address: j.address, Path: f.Path, Size: f.Size, ModTime: f.MTime}
}

// remember gives a body the record of what was read of the file before, and a test that
// no byte of it was written since the claim: its identity and the disk's own time of
// its last change are those of the claim.
func (p put) remember(ctx context.Context, b *fileBody, local providers.File) {
	if p.opts.Sent == nil {
		return
	}
	b.record = p.opts.Sent.Record(p.record(diff.File{Path: p.name(), Size: local.Size, MTime: local.ModTime}))
	b.asClaimed = func() bool {
		same, known := p.asClaimed(ctx)
		return same && known
	}
}

// asClaimed reports whether the file is, by the disk's own time, as it was when its
// upload was claimed, and whether that is known at all.
func (p put) asClaimed(ctx context.Context) (same, known bool) {
	was := p.claimed.File(p.name())
	is, err := p.source.Stat(ctx, p.s.From)
	if err != nil || was.Changed == "" || is.Changed == "" {
		return false, false
	}
	return is.Changed == was.Changed && is.ID == was.ID, true
}

// stillSame reports whether the local file is the one whose sum went into the journal.
// It is read again only where something touched it since the claim.
func (p put) stillSame(ctx context.Context, sum string) (bool, error) {
	if same, known := p.asClaimed(ctx); same || !known {
		return true, nil
	}
	is, err := sumOf(ctx, p.source, p.local())
	return is == sum, err
}

// sumOf is the SHA-256, in hex, of a file of a source.
func sumOf(ctx context.Context, store providers.Store, f providers.File) (string, error) {
	b := newBody(ctx, store, f, func(int64, int64) {})
	r, err := b.Open(0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		return "", err
	}
	return b.sum()
}

// forget deletes what is recorded of the files of a set. What remains is swept later,
// and an upload from 0 starts its record again.
func (x *executor) forget(j *job) {
	if x.opts.Sent == nil {
		return
	}
	for _, f := range j.change.Files {
		if f.Size >= sent.BlockBytes {
			_ = x.opts.Sent.Forget(j.record(f))
		}
	}
}

var _ providers.Recorded = (*fileBody)(nil)
