package prune

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/readback"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// readBack proves that each copy of a set still holds the bytes that its manifest says,
// by reading it: the sums in a manifest were true when it was written. What was proven
// since then is not read again, if the plan accepts that. A proof dated in the future does
// not count.
func readBack(ctx context.Context, t task.Task, copies map[string]copied) error {
	for _, name := range slices.Sorted(maps.Keys(copies)) {
		c, address := copies[name], state.Address(name, t.Key)
		err := c.prove(ctx, t)
		if _, damaged := errors.AsType[*task.DamagedError](err); damaged {
			err = providers.WithHint(err, task.DamagedHint(c.Place, address))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
	}
	return ctx.Err()
}

// prove reads the files without a valid proof, and notes how far it got.
func (c copied) prove(ctx context.Context, t task.Task) error {
	known := c.known(ctx, t.Key)
	if err := ctx.Err(); err != nil {
		return err
	}
	changed := false
	for _, m := range c.manifest.Files {
		was, _ := known.Of(m.Path)
		if was.Proves(m, t.Change.ProvenSince) && !state.IsAhead(was.At, t.Dated()) || local(t, m.Path) == nil {
			continue
		}
		now, err := c.file(ctx, t, m, was, func(part state.FileProof) { c.save(ctx, known.With(part)) })
		if errors.Is(err, task.ErrDamaged) { // what was proven of it, or read in part, counts no more
			c.save(ctx, known.With(state.FileProof{Path: m.Path, Size: m.Size, At: t.Dated().UTC()}))
		}
		if err != nil {
			return err
		}
		known, changed = known.With(now), true
	}
	if changed {
		c.save(ctx, known)
	}
	return ctx.Err()
}

// local is the file of the plan that a file of a copy is compared with; nil for a file
// that the source ignores since the upload.
func local(t task.Task, name string) *state.File {
	f, ok := t.Files[name]
	if !ok {
		return nil
	}
	return &f
}

// known is the proof of an earlier run. One that cannot be read proves nothing, and
// neither does one of a copy that was sent again since.
func (c copied) known(ctx context.Context, k state.Key) state.Proof {
	none := state.Proof{Key: k, Manifest: c.manifest.Identity()}
	r, err := c.Store.Open(ctx, c.Place.WorkDir.Proof(k), 0)
	if err != nil {
		return none
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, state.MaxProof))
	if err != nil {
		return none
	}
	proof, err := state.ParseProof(data)
	if err != nil || proof.Key != k || !proof.IsOf(c.manifest) {
		return none
	}
	proof.Manifest = none.Manifest
	return proof
}

// save writes the proof. If that fails, the file is read again next time.
func (c copied) save(ctx context.Context, proof state.Proof) {
	_ = c.Store.Put(ctx, c.Place.WorkDir.Proof(proof.Key), remote.Bytes(proof.Encode()))
}

// file proves one file: by the sum of a server that is trusted with sums, or by
// reading it.
func (c copied) file(ctx context.Context, t task.Task, m state.ManifestFile, was state.FileProof, save func(state.FileProof)) (state.FileProof, error) {
	at := path.Join(c.Place.Layout.Path(t.Key), m.Path)
	done := state.FileProof{Path: m.Path, Size: m.Size, SHA256: m.SHA256, Level: state.ReadProof}
	if v, ok := providers.As[providers.Verifier](c.Store); ok && v.Verification() == providers.VerifyHash {
		if _, disk := providers.As[providers.Folder](c.Store); !disk {
			there := local(t, m.Path)
			file := providers.File{Path: path.Join(t.Step.From, m.Path), Size: there.Size, ModTime: there.ModTime}
			err := v.Verify(ctx, at, source.NewBody(ctx, t.Store, file, source.Reading{}), m.SHA256)
			if errors.Is(err, providers.ErrMismatch) {
				err = c.damaged(t.Key, m.Path, err.Error())
			}
			done.Level, done.At = state.ServerProof, t.Dated().UTC()
			return done, err
		}
	}
	reading := readback.File{Store: c.Store, Path: at, Want: m, Was: was, Now: t.Dated, Save: save, Told: func(offset int64) {
		t.Emit(event.Comparing{Address: t.Address, Path: c.Place.Name + ":" + m.Path, Read: offset, Size: m.Size})
	}}
	sum, joined, err := reading.Sum(ctx)
	if err == nil && sum != m.SHA256 && joined { // the place may not begin in the middle
		reading.Was, reading.Save = state.FileProof{}, nil
		sum, _, err = reading.Sum(ctx)
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s could not be read back: %w", m.Path, err)
	}
	if err == nil && sum != m.SHA256 {
		err = c.damaged(t.Key, m.Path, fmt.Sprintf("its SHA-256 is %s, but %s in its manifest", sum, m.SHA256))
	}
	done.At = t.Dated().UTC()
	return done, err
}
