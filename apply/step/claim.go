package step

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// claim takes the staged folder for this upload.
type claim struct{ task.Task }

// Check trusts a claim only if it names the local files as they are, including their
// identity: then the files beside it are parts of those.
func (c claim) Check(ctx context.Context, was journal.Status) (bool, error) {
	files, err := SourceSet(ctx, c.Env)
	if err == nil {
		err = c.fits()
	}
	if err != nil || was != journal.Done {
		return false, err
	}
	staged, err := c.staged(ctx)
	if err != nil {
		return false, err
	}
	if !c.continues(staged, files) {
		return false, nil
	}
	return !c.strange(staged), c.inherit(ctx, staged)
}

func (c claim) Do(ctx context.Context) (journal.Result, error) {
	files, err := SourceSet(ctx, c.Env)
	if err == nil {
		err = CanPublish(ctx, c.Env)
	}
	if err != nil {
		return journal.Result{}, err
	}
	made, err := c.makeFolder(ctx)
	if err != nil {
		return journal.Result{}, err
	}
	if made {
		return journal.Result{}, c.startInNew(ctx, files)
	}
	staged, err := c.staged(ctx)
	if err != nil {
		return journal.Result{}, err
	}
	if err := publishingOf(c.Env).unfinished(staged, c.Step.Expect); err != nil {
		return journal.Result{}, err
	}
	if !c.continues(staged, files) {
		return journal.Result{}, c.start(ctx, files, staged)
	}
	if err := c.inherit(ctx, staged); err != nil {
		return journal.Result{}, err
	}
	if err := c.Guard(ctx); err != nil {
		return journal.Result{}, err
	}
	if err := publishingOf(c.Env).unseal(ctx); err != nil {
		return journal.Result{}, err
	}
	if err := c.prune(ctx, staged); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, c.holds(ctx)
}

// makeFolder makes the staged folder; false: it is there, or nobody knows who has
// made it.
func (c claim) makeFolder(ctx context.Context) (made bool, err error) {
	locker, ok := providers.As[providers.Locker](c.Store)
	if !ok {
		return false, nil
	}
	folder := c.Place.WorkDir.Staged(c.Key)
	err = locker.MakeDir(ctx, folder)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, errors.ErrUnsupported) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return c.Learned.MakesOnce(func() (bool, error) {
		again := locker.MakeDir(ctx, folder)
		if again == nil {
			return false, nil // goftp, ftp-srv: it may have been there before, with anything in it
		}
		if errors.Is(again, fs.ErrExist) {
			return true, nil
		}
		return false, again
	})
}

// startInNew is start in a folder that was just made, and removes it again if nothing was
// begun.
func (c claim) startInNew(ctx context.Context, files []state.File) error {
	err := c.start(ctx, files, state.Staged{})
	if err != nil && !c.Upload.Fresh && ctx.Err() == nil {
		return errors.Join(err, remote.RemoveIfThere(ctx, c.Store, c.Place.WorkDir.Staged(c.Key)))
	}
	return err
}

// start begins a new upload, and leaves nothing behind if the place cannot store the
// names.
func (c claim) start(ctx context.Context, files []state.File, staged state.Staged) error {
	if err := publishingOf(c.Env).vacant(ctx, staged); err != nil {
		return err
	}
	if err := c.notHidden(ctx); err != nil {
		return err
	}
	if err := c.begin(ctx, files, staged); err != nil {
		return err
	}
	err := c.sameName(ctx)
	if err == nil {
		err = c.holds(ctx)
	}
	if !errors.Is(err, providers.ErrName) {
		return err
	}
	all := func(state.File) bool { return true }
	return errors.Join(err, removeOwn(ctx, c.Env, c.Place.WorkDir.Staged(c.Key), all, remote.RemoveTree))
}

// notHidden asks for the final name itself before much is sent: a silently truncated
// listing does not show it, and would cause the set to be sent again every night.
func (c claim) notHidden(ctx context.Context) error {
	if c.Seen {
		return nil
	}
	return finalFree(ctx, c.Env)
}

func (c claim) staged(ctx context.Context) (state.Staged, error) {
	staged, err := read.Staged(ctx, c.Store, c.Place.WorkDir, c.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return state.Staged{}, nil
	}
	return staged, err
}

// continues reports whether the parts that are there may be parts of files.
func (c claim) continues(staged state.Staged, files []state.File) bool {
	return staged.Claim != nil && staged.Claim.Kind == state.UploadClaim &&
		publishingOf(c.Env).claimed(staged.Claim) && staged.Claim.Fits(files)
}

// inherit notes which files an earlier upload has left there.
func (c claim) inherit(ctx context.Context, staged state.Staged) error {
	files, err := publishingOf(c.Env).left(ctx, staged)
	if err != nil {
		return err
	}
	c.Upload.Claimed = *staged.Claim
	c.Upload.Left = map[string]int64{}
	for _, f := range files {
		c.Upload.Left[f.Path] = f.Size
	}
	return nil
}

// prune deletes from the staged folder what is not part of a file of the set, but
// nothing that may be behind a link.
func (c claim) prune(ctx context.Context, staged state.Staged) error {
	parts := map[string]bool{state.StagedClaim: true}
	for _, f := range c.Change.Files {
		parts[path.Join(state.StagedSet, f.Path)] = true
	}
	hidden := c.Store.Traits().LinksHidden
	var doomed []string
	for _, f := range staged.Files {
		if !parts[f.Path] && (!hidden || staged.Ours(f)) {
			doomed = append(doomed, f.Path)
		}
	}
	return remote.RemoveAll(ctx, c.Store, staged.Path, doomed)
}

// strange reports whether the staged folder has files that the upload does not put
// there, so that its set could not be published.
func (c claim) strange(staged state.Staged) bool {
	ours := c.AsStaged()
	return slices.ContainsFunc(staged.Files, func(f state.File) bool { return !ours(f) })
}

// begin empties the staged folder of what was seen in it and writes the claim. Files
// that appeared since belong to another apply, and are an error.
func (c claim) begin(ctx context.Context, files []state.File, staged state.Staged) error {
	seen := map[string]int64{}
	for _, f := range staged.Files {
		seen[f.Path] = f.Size
	}
	hidden := c.Store.Traits().LinksHidden
	ours := func(f state.File) bool {
		size, ok := seen[f.Path]
		return ok && size == f.Size && (!hidden || staged.Ours(f) || c.AsStaged()(f))
	}
	if staged.Path != "" { // otherwise the folder did not exist just now
		if err := c.Guard(ctx); err != nil {
			return err
		}
		if err := removeOwn(ctx, c.Env, c.Place.WorkDir.Staged(c.Key), ours, remote.RemoveTree); err != nil {
			return err
		}
	}
	if err := c.write(ctx, c.text(files)); err != nil {
		return err
	}
	c.Upload.Fresh, c.Upload.Left = true, nil
	c.Upload.Claimed = state.Claim{Files: files}
	forgetSent(c.Env)
	return nil
}

// write compares the size of a claim that governs the final name: without it the parts
// there would be taken for a set of another tool. In the staged folder they belong to no
// set.
func (c claim) write(ctx context.Context, text []byte) error {
	if c.Place.Publish == config.InPlace {
		return remote.Write(ctx, c.Store, c.Step.To, text)
	}
	return c.Store.Put(ctx, c.Step.To, remote.Bytes(text))
}

func (c claim) text(files []state.File) []byte {
	inPlace := c.Place.Publish == config.InPlace
	return state.Claim{Kind: state.UploadClaim, Key: c.Key, Run: c.Run, InPlace: inPlace, Files: files}.Encode()
}
