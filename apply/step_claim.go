package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// claim takes the staged folder for this upload.
type claim struct{ stepEnv }

// Check trusts a claim only if it names the local files as they are, including their
// identity: then the files beside it are parts of those.
func (c claim) Check(ctx context.Context, was journal.Status) (bool, error) {
	files, err := c.sourceSet(ctx, c.job)
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
	files, err := c.sourceSet(ctx, c.job)
	if err == nil {
		err = c.canPublish(ctx)
	}
	if err != nil {
		return journal.Result{}, err
	}
	staged, err := c.staged(ctx)
	if err != nil {
		return journal.Result{}, err
	}
	if err := c.unfinished(staged); err != nil {
		return journal.Result{}, err
	}
	if !c.continues(staged, files) {
		return journal.Result{}, c.start(ctx, files, staged)
	}
	if err := c.inherit(ctx, staged); err != nil {
		return journal.Result{}, err
	}
	if err := c.unseal(ctx); err != nil {
		return journal.Result{}, err
	}
	if err := c.prune(ctx, staged); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, c.holds(ctx)
}

// start begins a new upload, and leaves nothing behind if the place cannot store the
// names.
func (c claim) start(ctx context.Context, files []state.File, staged state.Staged) error {
	if err := c.vacant(ctx, staged); err != nil {
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
	return errors.Join(err, c.removeOwn(ctx, c.job, c.place.WorkDir.Staged(c.key), all))
}

// unfinished proves that no other apply has made the set whole meanwhile: it may
// be about to publish it, and a plan that was made now would. A replace may have
// been planned beside a whole one, and names the run that made it; an upload in
// place finds one only in the other mode's folder.
func (c claim) unfinished(staged state.Staged) error {
	m := staged.Set.Manifest
	if m != nil && diff.RunDigest(m.Run) == c.s.Expect || c.inPlace() || staged.Set.State != state.Complete || m == nil || !state.SameContent(staged.Set.Files, c.payload()) {
		return nil
	}
	if written, _ := c.first(diff.OpManifest); m.Run == c.opts.Run {
		if was, _ := c.journal.Of(written.ID); was != journal.Never {
			return nil // by this run
		}
	}
	return providers.WithHint(fmt.Errorf("%s was completed by run %s after this plan was made", staged.Path, m.Run),
		"A concurrent apply completed this set: plan again, and the new plan publishes it.")
}

// notHidden asks for the final name itself if the listing does not show it: a silently
// truncated listing would cause the set to be sent again every night.
func (c claim) notHidden(ctx context.Context) error {
	if c.job.seen {
		return nil
	}
	_, err := c.store.Stat(ctx, c.final())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, listed, err := remote.Entry(ctx, c.store, c.final())
	switch {
	case err != nil:
		return err
	case listed:
		return fmt.Errorf("%s %w", c.final(), remote.ErrThere)
	}
	err = fmt.Errorf("the listing of %s does not show %s, which exists: %w", path.Dir(c.final()), path.Base(c.final()), providers.ErrListing)
	return providers.WithHint(err, cutHint)
}

const cutHint = "The server truncates its listings: raise its limit of entries per listing, or move old files and folders out of that folder."

// vacant proves that the final name has no set that the new claim would take for its
// own parts, or that the old claim governs.
func (c claim) vacant(ctx context.Context, staged state.Staged) error {
	if !c.inPlace() && !staged.Claim.Governs() {
		return nil
	}
	return remote.Absent(ctx, c.store, c.final())
}

func (c claim) staged(ctx context.Context) (state.Staged, error) {
	staged, err := state.ReadStaged(ctx, c.store, c.place.WorkDir, c.key)
	if errors.Is(err, fs.ErrNotExist) {
		return state.Staged{}, nil
	}
	return staged, err
}

// continues reports whether the parts that are there may be parts of files.
func (c claim) continues(staged state.Staged, files []state.File) bool {
	return staged.Claim != nil && staged.Claim.Kind == state.UploadClaim &&
		staged.Claim.InPlace == c.inPlace() && staged.Claim.Fits(files)
}

// inherit notes which files an earlier upload has left there.
func (c claim) inherit(ctx context.Context, staged state.Staged) error {
	files := staged.Set.Files
	if c.inPlace() {
		set, err := remote.ReadSet(ctx, c.store, c.key, c.final())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if set.State == state.Damaged { // a link may lead to foreign files
			return fmt.Errorf("%s: %s", c.final(), set.Problem)
		}
		files = set.Files
	}
	c.job.claimed = *staged.Claim
	c.job.left = map[string]bool{}
	for _, f := range files {
		c.job.left[f.Path] = true
	}
	return nil
}

// unseal deletes from the final name a manifest that does not match the set: it was
// complete once, and has lost files since.
func (c claim) unseal(ctx context.Context) error {
	if !c.inPlace() {
		return nil
	}
	set, err := remote.ReadSet(ctx, c.store, c.key, c.final())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !set.Marked {
		return err
	}
	set = state.ReadManifests(ctx, c.store, []state.Set{set})[0]
	if set.State == state.Complete || set.State == state.Unknown {
		return fmt.Errorf("%s is %s: %w", c.final(), set.State, errChanged)
	}
	return remote.RemoveIfThere(ctx, c.store, path.Join(c.final(), state.ManifestName))
}

// prune deletes from the staged folder what is not part of a file of the set, but
// nothing that may be behind a link.
func (c claim) prune(ctx context.Context, staged state.Staged) error {
	parts := map[string]bool{state.StagedClaim: true}
	for _, f := range c.change.Files {
		parts[path.Join(state.StagedSet, f.Path)] = true
	}
	hidden := c.store.Traits().LinksHidden
	var doomed []string
	for _, f := range staged.Files {
		if !parts[f.Path] && (!hidden || staged.Ours(f)) {
			doomed = append(doomed, f.Path)
		}
	}
	return remote.RemoveAll(ctx, c.store, staged.Path, doomed)
}

// strange reports whether the staged folder has files that the upload does not put
// there, so that its set could not be published.
func (c claim) strange(staged state.Staged) bool {
	ours := c.job.staged()
	return slices.ContainsFunc(staged.Files, func(f state.File) bool { return !ours(f) })
}

// begin empties the staged folder of what was seen in it and writes the claim. Files
// that appeared since belong to another apply, and are an error.
func (c claim) begin(ctx context.Context, files []state.File, staged state.Staged) error {
	seen := map[string]int64{}
	for _, f := range staged.Files {
		seen[f.Path] = f.Size
	}
	hidden := c.store.Traits().LinksHidden
	ours := func(f state.File) bool {
		size, ok := seen[f.Path]
		return ok && size == f.Size && (!hidden || staged.Ours(f) || c.job.staged()(f))
	}
	if staged.Path != "" { // otherwise the folder did not exist just now
		if err := c.removeOwn(ctx, c.job, c.place.WorkDir.Staged(c.key), ours); err != nil {
			return err
		}
	}
	if err := remote.Write(ctx, c.store, c.s.To, c.text(files)); err != nil {
		return err
	}
	c.job.fresh = true
	c.job.claimed = state.Claim{Files: files}
	c.forget(c.job)
	return nil
}

func (c claim) text(files []state.File) []byte {
	return state.Claim{Kind: state.UploadClaim, Key: c.key, Run: c.opts.Run, InPlace: c.inPlace(), Files: files}.Encode()
}
