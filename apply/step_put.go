package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// put sends one file into staging, or to the final name.
type put struct{ stepEnv }

// Check trusts a file only after the journal recorded it as done: a part of it may have
// the right size if a server reserves space.
func (p put) Check(ctx context.Context, was journal.Status) (bool, error) {
	_, result := p.journal.Of(p.s.ID)
	if was != journal.Done || result.SHA256 == "" {
		return false, nil
	}
	f, err := p.store.Stat(ctx, p.s.To)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || f.Kind != providers.Regular || f.Size != p.s.Size {
		return false, err
	}
	return p.stillSame(ctx, result.SHA256)
}

func (p put) Do(ctx context.Context) (journal.Result, error) {
	local, err := p.local()
	if err != nil {
		return journal.Result{}, err
	}
	b, err := p.body(ctx, local)
	if err != nil {
		return journal.Result{}, err
	}
	if err := p.send(ctx, b); err != nil {
		return journal.Result{}, source.Blame(ctx, p.source, local, err)
	}
	sum, err := b.Sum()
	if err != nil {
		return journal.Result{}, err
	}
	if err := source.Unchanged(ctx, p.source, local); err != nil {
		return journal.Result{}, source.Blame(ctx, p.source, local, err)
	}
	if err := p.arrived(ctx); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{SHA256: sum}, p.verify(ctx, b, sum)
}

func (p put) body(ctx context.Context, local providers.File) (*source.Body, error) {
	r := source.Reading{Told: p.told()}
	if _, disk := providers.As[providers.Folder](p.store); disk {
		f, err := p.source.Stat(ctx, local.Path)
		if err != nil {
			return nil, err
		}
		r.Perm = f.Mode
	}
	p.remember(ctx, &r, local)
	return source.NewBody(ctx, p.source, local, r), nil
}

// send resumes what an earlier upload has left of the file, unless its first bytes are
// no longer those of the part.
func (p put) send(ctx context.Context, b *source.Body) error {
	err := p.transfer(ctx, b, p.left[p.name()])
	if errors.Is(err, providers.ErrRewritten) {
		return p.transfer(ctx, b, false)
	}
	if err != nil {
		return p.unhidden(ctx, b, err)
	}
	return nil
}

func (p put) transfer(ctx context.Context, b *source.Body, goOn bool) error {
	resumer, ok := providers.As[providers.Resumer](p.store)
	if !ok || !goOn {
		err := p.store.Put(ctx, p.s.To, b)
		if err == nil {
			p.uploaded.Add(b.Size())
		}
		return err
	}
	kept, err := resumer.Resume(ctx, p.s.To, b)
	if err == nil {
		p.uploaded.Add(b.Size() - kept)
	}
	return err
}

// local is the file at the source as the plan names it.
func (p put) local() (providers.File, error) {
	f, ok := p.byPath[p.name()]
	if ok && path.Join(p.change.From, f.Path) == p.s.From && f.Size == p.s.Size {
		return providers.File{Path: p.s.From, Size: f.Size, ModTime: f.MTime}, nil
	}
	return providers.File{}, fmt.Errorf("%s is not a file of this change", p.s.From)
}

// name is the path of the file in its set.
func (p put) name() string {
	return strings.TrimPrefix(p.s.To, p.sendTo()+"/")
}

func (p put) told() func(sent, kept int64) {
	name := p.name()
	return func(sent, kept int64) { p.tell(Progress{p.address, name, sent, p.s.Size, kept}) }
}

// arrived compares the size. After the first file it also reads the name back:
// some servers store another one, and find it by both.
func (p put) arrived(ctx context.Context) error {
	err := remote.Sized(ctx, p.store, p.s.To, p.s.Size)
	firstPut, _ := p.first(diff.OpPut)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && firstPut.ID != p.s.ID {
		return err
	}
	entries, err := remote.Twice(ctx, func() ([]providers.File, error) { return p.store.List(ctx, path.Dir(p.s.To)) })
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Name() == path.Base(p.s.To) {
			return nil
		}
		names = append(names, fmt.Sprintf("%q", e.Name()))
	}
	return fmt.Errorf("the server does not list the name that was sent, but %s: %w",
		strings.Join(names, ", "), providers.ErrName)
}

// verify proves a file in the way that the destination is configured for. A file with
// other bytes than were sent is useless to a later run, and is deleted.
func (p put) verify(ctx context.Context, b providers.Body, sum string) error {
	verifier, ok := providers.As[providers.Verifier](p.store)
	if !ok {
		return nil
	}
	err := verifier.Verify(ctx, p.s.To, b, sum)
	if errors.Is(err, providers.ErrMismatch) {
		err = fmt.Errorf("%s: %w", p.name(), err)
		return errors.Join(err, remote.RemoveIfThere(ctx, p.store, p.s.To))
	}
	return err
}

// verification is how the files of a destination are proven.
func verification(store providers.Store) string {
	if v, ok := providers.As[providers.Verifier](store); ok {
		return v.Verification()
	}
	return providers.VerifySize
}

// remember gives the reading of a file the record of what was read of the file before, and a test that
// no byte of it was written since the claim: its identity and the disk's own time of
// its last change are those of the claim.
func (p put) remember(ctx context.Context, r *source.Reading, local providers.File) {
	if p.opts.Sent == nil {
		return
	}
	r.Record = p.opts.Sent.Record(p.record(diff.File{Path: p.name(), Size: local.Size, MTime: local.ModTime}))
	r.AsClaimed = func() bool {
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
	local, err := p.local()
	if err != nil {
		return false, err
	}
	is, err := source.SumOf(ctx, p.source, local)
	return is == sum, err
}

// unhidden sends a refused file again if a hidden partial upload of it may have been
// the reason.
func (p put) unhidden(ctx context.Context, b *source.Body, refusal error) error {
	store, ok := providers.As[providers.Leftovers](p.store)
	if !ok || !remote.Refused(refusal) || ctx.Err() != nil || !p.inWorkDir(p.s.To) {
		return refusal
	}
	names, err := store.RemoveLeftovers(ctx, path.Dir(p.s.To), []string{path.Base(p.s.To)})
	if err != nil || len(names) == 0 {
		return errors.Join(refusal, err)
	}
	p.tellLeftovers(p.job, path.Dir(p.s.To), names)
	return p.transfer(ctx, b, false)
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

// record names a file of the set for the record of what was read of it.
func (j *job) record(f diff.File) sent.File {
	return sent.File{Place: j.place.Location, Address: j.address, Path: f.Path, Size: f.Size, ModTime: f.MTime}
}
