package step

import (
	"context"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// mark adopts a set that another tool put there: it writes a manifest that records this
// and has no checksums.
type mark struct{ task.Task }

func (m mark) Check(ctx context.Context, was journal.Status) (bool, error) {
	set, err := m.set(ctx)
	if err != nil {
		return false, err
	}
	if !set.Marked {
		if !m.AsSeen(set) || !state.SameContent(set.Files, m.Change.Files) {
			return false, fmt.Errorf("%s %w", set.Path, errChanged)
		}
		return false, nil
	}
	if set.State != state.Complete {
		return false, fmt.Errorf("%s: %s", set.Path, set.Problem)
	}
	if was == journal.Never || !Owns(m.Env, set.Manifest) {
		return false, fmt.Errorf("%s %w", m.Step.To, remote.ErrThere)
	}
	return true, nil
}

func (m mark) set(ctx context.Context) (state.Set, error) {
	set, err := remote.ReadSet(ctx, m.Store, m.Key, path.Dir(m.Step.To))
	if err != nil || !set.Marked {
		return set, err
	}
	return read.Manifests(ctx, m.Store, []state.Set{set})[0], ctx.Err()
}

func (m mark) Do(ctx context.Context) (journal.Result, error) {
	set, err := m.set(ctx)
	if err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, m.write(ctx, set.Files)
}

func (m mark) write(ctx context.Context, files []state.File) error {
	doc := state.Manifest{Key: m.Key, Run: m.Run, Owner: m.Owner, Verified: state.Adopted, NoSums: true}
	for _, f := range files {
		doc.Files = append(doc.Files, state.ManifestFile{Path: f.Path, Size: f.Size})
	}
	if err := remote.Write(ctx, m.Store, m.Step.From, doc.Encode()); err != nil {
		return err
	}
	if err := m.Guard(ctx); err != nil {
		return err
	}
	return remote.Rename(ctx, m.Store, m.Step.From, m.Step.To)
}
