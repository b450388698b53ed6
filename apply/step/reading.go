package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// remember gives the reading of a file the record of what was read of it before, and a
// test that no byte of it was written since the claim: its identity and the disk's own
// time of its last change are those of the claim.
func (p put) remember(ctx context.Context, r *source.Reading, local providers.File) {
	if p.Sent == nil {
		return
	}
	r.Record = p.Sent.Record(recordOf(p.Job, state.File{Path: p.name(), Size: local.Size, ModTime: local.ModTime}))
	r.AsClaimed = func() bool {
		same, known := p.asClaimed(ctx)
		return same && known
	}
}

// asClaimed reports whether the file is, by the disk's own time, as it was when its
// upload was claimed, and whether that is known at all.
func (p put) asClaimed(ctx context.Context) (same, known bool) {
	was := p.Upload.Claimed.File(p.name())
	is, err := p.Source.Stat(ctx, p.Step.From)
	if err != nil || was.Changed == "" || is.Changed == "" {
		return false, false
	}
	return is.Changed == was.Changed && is.ID == was.ID, true
}

// stillSame reports whether the local file is the one whose sum went into the journal.
// It is read again where something touched it since the claim, and where the disk does
// not tell: but not a large one then, which would be read again with every apply.
func (p put) stillSame(ctx context.Context, sum string) (bool, error) {
	same, known := p.asClaimed(ctx)
	if same || !known && p.Step.Size >= sent.BlockBytes {
		return true, nil
	}
	is, err := source.SumOf(ctx, p.Source, p.local())
	return is == sum, err
}

// forgetSent deletes what is recorded of the files of a set. What remains is swept later,
// and an upload from 0 starts its record again.
func forgetSent(e task.Env) {
	if e.Sent == nil {
		return
	}
	for _, f := range e.Change.Files {
		if f.Size >= sent.BlockBytes {
			_ = e.Sent.Forget(recordOf(e.Job, f))
		}
	}
}

// record names a file of the set for the record of what was read of it.
func recordOf(j task.Job, f state.File) sent.File {
	return sent.File{Place: j.Place.Location, Address: j.Address, Path: f.Path, Size: f.Size, ModTime: f.ModTime}
}
