package step

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// manifest completes the set that was sent.
type manifest struct{ task.Task }

func (m manifest) Check(ctx context.Context, was journal.Status) (bool, error) {
	if was != journal.Never {
		if whole, err := SentWhole(ctx, m.Env); whole || err != nil {
			return whole, err
		}
	}
	if _, err := SourceSet(ctx, m.Env); err != nil {
		return false, err
	}
	if m.beside(was) {
		m.Upload.Beside = true
		return false, nil
	}
	sent, err := m.sent(ctx)
	if err == nil && sent.Marked && was == journal.Never {
		err = fmt.Errorf("%s %w", m.Step.To, remote.ErrThere)
	}
	return false, err
}

// sent proves that the folder holds exactly the files that were sent, apart from a
// manifest.
func (m manifest) sent(ctx context.Context) (state.Set, error) {
	sent, err := remote.ReadSet(ctx, m.Store, m.Key, sendTo(m.Env))
	switch {
	case err != nil:
		return sent, err
	case sent.State == state.Damaged:
		return sent, errors.New(sent.Problem)
	case !state.SameContent(sent.Files, m.Change.Files):
		return sent, notSent(m.Env, publishingOf(m.Env).where(), sent.Files)
	}
	return sent, nil
}

// beside reports whether the manifest is written straight beside the files: in the staged
// folder of an upload that this run has begun, which holds no manifest yet. The listing before
// the publish proves it with the files.
func (m manifest) beside(was journal.Status) bool {
	return was == journal.Never && m.Upload.Fresh && m.Step.Op == diff.OpManifest && m.Place.Publish != config.InPlace
}

// Do deletes an invalid manifest: only an earlier try of this step can have written
// it.
func (m manifest) Do(ctx context.Context) (journal.Result, error) {
	if m.Upload.Beside {
		return journal.Result{}, m.writeBeside(ctx)
	}
	if err := m.write(ctx); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, m.move(ctx)
}

func (m manifest) writeBeside(ctx context.Context) error {
	text, sums, err := m.texts()
	if err != nil {
		return err
	}
	if sums != nil {
		if err := m.Store.Put(ctx, m.blocksPath(), remote.Bytes(sums)); err != nil {
			return err
		}
	}
	if err := m.Store.Put(ctx, m.Step.To, remote.Bytes(text)); err != nil {
		return err
	}
	m.Upload.ManifestBytes, m.Upload.BlocksBytes = int64(len(text)), int64(len(sums))
	return nil
}

// write puts the block sums in their place, which count only once the manifest names them,
// and the manifest aside.
func (m manifest) write(ctx context.Context) error {
	text, sums, err := m.texts()
	if err != nil {
		return err
	}
	if sums != nil {
		if err := remote.Write(ctx, m.Store, m.blocksPath(), sums); err != nil {
			return err
		}
	}
	return remote.Write(ctx, m.Store, m.Step.From, text)
}

func (m manifest) blocksPath() string { return path.Join(path.Dir(m.Step.To), state.BlocksName) }

func (m manifest) move(ctx context.Context) error {
	if err := m.makeWay(ctx); err != nil {
		return err
	}
	if err := m.Guard(ctx); err != nil {
		return err
	}
	return remote.Rename(ctx, m.Store, m.Step.From, m.Step.To)
}

// makeWay deletes a manifest that an earlier try has left torn. A valid manifest has
// appeared since the set was checked: a concurrent apply is about to publish it.
func (m manifest) makeWay(ctx context.Context) error {
	there, err := remote.ReadSet(ctx, m.Store, m.Key, sendTo(m.Env))
	if err != nil {
		return err
	}
	if err := m.removeUnnamed(ctx, there); err != nil || !there.Marked {
		return err
	}
	there = read.Manifests(ctx, m.Store, []state.Set{there})[0]
	if there.State == state.Complete {
		return fmt.Errorf("%s %w, and the set is complete: a concurrent apply is at work", m.Step.To, remote.ErrThere)
	}
	return remote.RemoveIfThere(ctx, m.Store, m.Step.To)
}

// removeUnnamed deletes block sums of an earlier try that this manifest will not name.
func (m manifest) removeUnnamed(ctx context.Context, there state.Set) error {
	if there.BlocksFile == nil || blockSums(m.Env) != nil {
		return nil
	}
	return remote.RemoveIfThere(ctx, m.Store, m.blocksPath())
}

// texts are the manifest and the block sums; sums is nil where no file has any.
func (m manifest) texts() (text, sums []byte, err error) {
	doc, sums, err := m.document()
	if err != nil {
		return nil, nil, err
	}
	return doc.Encode(), sums, nil
}

// document is the manifest, as the journal has it from the puts, and the block sums.
func (m manifest) document() (doc state.Manifest, sums []byte, err error) {
	doc = state.Manifest{Key: m.Key, Run: m.Run, Owner: m.Owner, Verified: verification(m.Store)}
	for _, s := range m.Steps {
		if s.Op != diff.OpPut {
			continue
		}
		status, result := m.Journal.Of(s.ID)
		if status != journal.Done || result.SHA256 == "" {
			return doc, nil, fmt.Errorf("the checksum of %s is not known", s.From)
		}
		name := Name(m.Env, s)
		doc.Files = append(doc.Files, state.ManifestFile{Path: name, Size: s.Size, SHA256: result.SHA256})
	}
	for i := range doc.Files {
		doc.Files[i].MTime = m.Files[doc.Files[i].Path].ModTime
	}
	if !state.SameContent(m.Change.Files, asFiles(doc.Files)) {
		return doc, nil, errors.New("the uploaded files are not the files of the change")
	}
	if sums = blockSums(m.Env); sums != nil {
		doc.Blocks = blocks.RefOf(sums)
	}
	return doc, sums, nil
}

func asFiles(files []state.ManifestFile) []state.File {
	out := make([]state.File, len(files))
	for i, f := range files {
		out[i] = state.File{Path: f.Path, Size: f.Size}
	}
	return out
}
