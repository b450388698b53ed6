package apply

import (
	"context"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// mark adopts a set that another tool put there: it writes a manifest that records this
// and has no checksums.
type mark struct{ stepEnv }

func (m mark) Check(ctx context.Context, was journal.Status) (bool, error) {
	set, err := m.set(ctx)
	if err != nil {
		return false, err
	}
	if !set.Marked {
		if !m.asSeen(set) || !state.SameContent(set.Files, m.payload()) {
			return false, fmt.Errorf("%s %w", set.Path, errChanged)
		}
		return false, nil
	}
	if set.State != state.Complete {
		return false, fmt.Errorf("%s: %s", set.Path, set.Problem)
	}
	if was == journal.Never || !m.owns(m.job, set.Manifest) {
		return false, fmt.Errorf("%s %w", m.s.To, errThere)
	}
	return true, nil
}

func (m mark) set(ctx context.Context) (state.Set, error) {
	set, err := readSet(ctx, m.store, m.key, path.Dir(m.s.To))
	if err != nil || !set.Marked {
		return set, err
	}
	return read.Manifests(ctx, m.store, []state.Set{set})[0], ctx.Err()
}

func (m mark) Do(ctx context.Context) (journal.Result, error) {
	set, err := m.set(ctx)
	if err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, m.write(ctx, set.Files)
}

func (m mark) write(ctx context.Context, files []state.File) error {
	doc := state.Manifest{Key: m.key, Run: m.opts.Run, Owner: m.plan.Name, Verified: "adopted", NoSums: true}
	for _, f := range files {
		doc.Files = append(doc.Files, state.ManifestFile{Path: f.Path, Size: f.Size})
	}
	if err := write(ctx, m.store, m.s.From, doc.Encode()); err != nil {
		return err
	}
	if err := m.guard(ctx, m.job, m.s.Op); err != nil {
		return err
	}
	return rename(ctx, m.store, m.s.From, m.s.To)
}
