package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// manifest makes a staged set whole.
type manifest struct{ at }

func (m manifest) look(ctx context.Context, was journal.Status) (bool, error) {
	if was != journal.Never {
		if whole, err := m.stagedWhole(ctx, m.job); whole || err != nil {
			return whole, err
		}
	}
	if _, err := m.sourceSet(ctx, m.job); err != nil {
		return false, err
	}
	staged, err := readSet(ctx, m.store, m.key, m.place.WorkDir.StagedSet(m.key))
	switch {
	case err != nil:
		return false, err
	case staged.State == state.Damaged:
		return false, errors.New(staged.Problem)
	case !state.SameContent(staged.Files, m.payload()):
		return false, fmt.Errorf("staged set: %s", difference(m.payload(), staged.Files))
	case staged.Marked && was == journal.Never:
		return false, fmt.Errorf("%s %w", m.s.To, errThere)
	}
	return false, nil
}

// act removes a manifest that is no good: only an earlier try of this step can
// have put it there.
func (m manifest) act(ctx context.Context) (journal.Result, error) {
	text, err := m.text()
	if err != nil {
		return journal.Result{}, err
	}
	if err := write(ctx, m.store, m.s.From, text); err != nil {
		return journal.Result{}, err
	}
	if err := removeIfThere(ctx, m.store, m.s.To); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, rename(ctx, m.store, m.s.From, m.s.To)
}

// text is the manifest with the sums that the journal has from the puts.
func (m manifest) text() ([]byte, error) {
	doc := state.Manifest{Key: m.key, Run: m.opts.Run, Verified: verification(m.store)}
	for _, s := range m.steps {
		if s.Op != diff.OpPut {
			continue
		}
		status, result := m.journal.Of(s.ID)
		if status != journal.Done || result.SHA256 == "" {
			return nil, fmt.Errorf("the sum of %s is not known", s.From)
		}
		name := put{at{m.executor, m.job, s}}.name()
		doc.Files = append(doc.Files, state.ManifestFile{Path: name, Size: s.Size, SHA256: result.SHA256})
	}
	if !state.SameContent(m.payload(), asFiles(doc.Files)) {
		return nil, errors.New("the puts of the change are not its files")
	}
	return doc.Encode(), nil
}

func asFiles(files []state.ManifestFile) []state.File {
	out := make([]state.File, len(files))
	for i, f := range files {
		out[i] = state.File{Path: f.Path, Size: f.Size}
	}
	return out
}
