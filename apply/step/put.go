package step

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// put sends one file into staging, or to the final name.
type put struct{ task.Task }

// Check trusts a file only after the journal recorded it as done: a part of it may have
// the right size if a server reserves space. That it is there is known from the listing of
// the whole set by the claim: some servers list the folder for each file that is asked for.
func (p put) Check(ctx context.Context, was journal.Status) (bool, error) {
	_, result := p.Journal.Of(p.Step.ID)
	if was != journal.Done || result.SHA256 == "" {
		return false, nil
	}
	if size, listed := p.Upload.Left[p.name()]; !listed || size != p.Step.Size {
		return false, nil
	}
	return p.stillSame(ctx, result.SHA256)
}

func (p put) Do(ctx context.Context) (result journal.Result, err error) {
	err = p.inTurn(ctx, func() error {
		result, err = p.do(ctx)
		return err
	})
	return result, err
}

func (p put) do(ctx context.Context) (journal.Result, error) {
	local := p.local()
	b, err := p.body(ctx, local)
	if err != nil {
		return journal.Result{}, err
	}
	if err := p.send(ctx, b); err != nil {
		return journal.Result{}, source.Blame(ctx, p.Source, local, err)
	}
	sum, err := b.Sum()
	if err != nil {
		return journal.Result{}, err
	}
	if err := source.Unchanged(ctx, p.Source, local); err != nil {
		return journal.Result{}, source.Blame(ctx, p.Source, local, err)
	}
	if err := p.asFetched(ctx, sum); err != nil {
		return journal.Result{}, err
	}
	if err := p.arrived(ctx); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{SHA256: sum, Blocks: asRecorded(b.Blocks())}, p.verify(ctx, b, sum)
}

func (p put) body(ctx context.Context, local providers.File) (*source.Body, error) {
	r := source.Reading{Told: p.told(), Block: p.Block}
	if _, disk := providers.As[providers.Folder](p.Store); disk {
		f, err := p.Source.Stat(ctx, local.Path)
		if err != nil {
			return nil, err
		}
		r.Perm = f.Mode
	}
	p.remember(ctx, &r, local)
	return source.NewBody(ctx, p.Source, local, r), nil
}

// send resumes what an earlier upload has left of the file, unless its first bytes are
// no longer those of the part.
func (p put) send(ctx context.Context, b *source.Body) error {
	err := p.transfer(ctx, b, p.isLeft())
	if errors.Is(err, providers.ErrRewritten) {
		return p.transfer(ctx, b, false)
	}
	if err != nil {
		return p.unhidden(ctx, b, err)
	}
	return nil
}

func (p put) transfer(ctx context.Context, b *source.Body, goOn bool) error {
	resumer, ok := providers.As[providers.Resumer](p.Store)
	if !ok || !goOn {
		err := p.Store.Put(ctx, p.Step.To, b)
		if err == nil {
			p.Uploaded(b.Size())
		}
		return err
	}
	kept, err := resumer.Resume(ctx, p.Step.To, b)
	if err == nil {
		p.Uploaded(b.Size() - kept)
	}
	return err
}

// local is the file at the source as the plan names it.
func (p put) local() providers.File {
	return providers.File{Path: p.Step.From, Size: p.Step.Size, ModTime: p.Files[p.name()].ModTime}
}

// isLeft reports whether an earlier upload has left the file, or a part of it.
func (p put) isLeft() bool { _, left := p.Upload.Left[p.name()]; return left }

// name is the path of the file in its set.
func (p put) name() string { return Name(p.Env, p.Step) }

// Name is the path in its set of the file that a put sends.
func Name(e task.Env, put diff.Step) string { return strings.TrimPrefix(put.To, sendTo(e)+"/") }

// KeepsName reports whether the place is known to list the name of the file that a put
// sends as it is sent.
func KeepsName(e task.Env, put diff.Step) bool { return e.Learned.Spells(path.Base(put.To)) }

func (p put) told() func(sent, kept int64) {
	name := p.name()
	return func(sent, kept int64) {
		p.Emit(event.Progress{Address: p.Address, Path: name, Sent: sent, Size: p.Step.Size, Kept: kept})
	}
}

// arrived compares the size of a file of which a part was there. That of another one is
// compared by the store, where one question is nothing beside the transfer, and of each by
// the listing of the whole set before the set is published. After the first file it also
// reads the name back, unless the place is known to keep such names: some servers store
// another one, and find it by both.
func (p put) arrived(ctx context.Context) error {
	name := path.Base(p.Step.To)
	known := KeepsName(p.Env, p.Step)
	if !p.isLeft() && (known || !p.isFirst()) {
		return nil
	}
	err := remote.Sized(ctx, p.Store, p.Step.To, p.Step.Size)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && (known || !p.isFirst()) {
		return err
	}
	entries, err := remote.Twice(ctx, func() ([]providers.File, error) { return p.Store.List(ctx, path.Dir(p.Step.To)) })
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if e.Name() == name {
			p.Learned.Spelled(name)
			return nil
		}
		names = append(names, fmt.Sprintf("%q", e.Name()))
	}
	return fmt.Errorf("the server does not list the name that was sent, but %s: %w",
		strings.Join(names, ", "), providers.ErrName)
}

// isFirst reports whether the file is the first of the set.
func (p put) isFirst() bool {
	first, _ := p.First(diff.OpPut)
	return first.ID == p.Step.ID
}

// unhidden sends a refused file again if a hidden partial upload of it may have been
// the reason.
func (p put) unhidden(ctx context.Context, b *source.Body, refusal error) error {
	store, ok := providers.As[providers.Leftovers](p.Store)
	if !ok || !remote.Refused(refusal) || ctx.Err() != nil || !p.InWorkDir(p.Step.To) {
		return refusal
	}
	names, err := store.RemoveLeftovers(ctx, path.Dir(p.Step.To), []string{path.Base(p.Step.To)})
	if err != nil || len(names) == 0 {
		return errors.Join(refusal, err)
	}
	tellLeftovers(p.Env, path.Dir(p.Step.To), names)
	return p.transfer(ctx, b, false)
}
