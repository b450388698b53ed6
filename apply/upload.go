package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
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
	_, listed, err := entry(ctx, c.store, c.final())
	switch {
	case err != nil:
		return err
	case listed:
		return fmt.Errorf("%s %w", c.final(), errThere)
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
	return absent(ctx, c.store, c.final())
}

func (c claim) staged(ctx context.Context) (state.Staged, error) {
	staged, err := read.Staged(ctx, c.store, c.place.WorkDir, c.key)
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
		set, err := readSet(ctx, c.store, c.key, c.final())
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
	set, err := readSet(ctx, c.store, c.key, c.final())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !set.Marked {
		return err
	}
	set = read.Manifests(ctx, c.store, []state.Set{set})[0]
	if set.State == state.Complete || set.State == state.Unknown {
		return fmt.Errorf("%s is %s: %w", c.final(), set.State, errChanged)
	}
	return removeIfThere(ctx, c.store, path.Join(c.final(), state.ManifestName))
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
	return removeAll(ctx, c.store, staged.Path, doomed)
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
	if err := write(ctx, c.store, c.s.To, c.text(files)); err != nil {
		return err
	}
	c.job.fresh = true
	c.job.claimed = state.Claim{Files: files}
	c.forget(c.job)
	return nil
}

// sameName reads the name of the staged folder back, which holds that of the
// VM: Twisted stores what is beyond ASCII in another spelling, finds it by both,
// and lists the other one only.
func (c claim) sameName(ctx context.Context) error {
	staged := c.place.WorkDir.Staged(c.key)
	entries, err := c.store.List(ctx, path.Dir(staged))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(entries, func(e providers.File) bool { return e.Name() == path.Base(staged) }) {
		return nil
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), path.Base(staged)) {
			return providers.WithHint(fmt.Errorf("the server does not store names as they are sent: vmxsync sent %q, and the server lists %q: %w",
				path.Base(staged), e.Name(), providers.ErrName), foldingHint)
		}
	}
	return fmt.Errorf("the server stores the name %q in another spelling: %w", c.key.VM, providers.ErrName)
}

const foldingHint = "Turn off the setting of the server that changes the case of names, or rename the VM at the source to the name that the server lists."

func (c claim) text(files []state.File) []byte {
	return state.Claim{Kind: state.UploadClaim, Key: c.key, Run: c.opts.Run, InPlace: c.inPlace(), Files: files}.Encode()
}

// sourceSet lists the set at the source again. An error wraps ErrSourceChanged where it
// is not what the plan wants to send, fs.ErrNotExist where it is deleted.
func (x *executor) sourceSet(ctx context.Context, j *job) ([]state.File, error) {
	return x.sourceSetAt(ctx, j, j.change.From)
}

// sourceSetAt is sourceSet where the set may have been moved aside.
func (x *executor) sourceSetAt(ctx context.Context, j *job, dir string) ([]state.File, error) {
	tree, err := read.SourceSet(ctx, j.source, dir, j.ignore)
	if err != nil {
		return nil, err
	}
	if len(tree.Odd) > 0 {
		return nil, fmt.Errorf("%s %w: %s", dir, ErrSourceChanged, tree.Odd[0])
	}
	want := j.payload()
	if !state.SameContent(tree.Files, want) {
		return nil, fmt.Errorf("%s %w: %s", dir, ErrSourceChanged, difference(want, tree.Files))
	}
	for i, f := range tree.Files {
		if !f.ModTime.Equal(want[i].ModTime) {
			return nil, fmt.Errorf("%s %w: %s is dated %s, planned %s",
				dir, ErrSourceChanged, f.Path, f.ModTime.UTC(), want[i].ModTime.UTC())
		}
	}
	return tree.Files, nil
}

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
	local := p.local()
	b := newBody(ctx, p.source, local, p.told())
	if _, disk := providers.As[providers.Folder](p.store); disk {
		f, err := p.source.Stat(ctx, local.Path)
		if err != nil {
			return journal.Result{}, err
		}
		b.mode = f.Mode
	}
	p.remember(ctx, b, local)
	if err := p.send(ctx, b); err != nil {
		return journal.Result{}, blamed(ctx, p.source, local, err)
	}
	sum, err := b.sum()
	if err != nil {
		return journal.Result{}, err
	}
	if err := unchanged(ctx, p.source, local); err != nil {
		return journal.Result{}, blamed(ctx, p.source, local, err)
	}
	if err := p.arrived(ctx); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{SHA256: sum}, p.verify(ctx, b, sum)
}

// send resumes what an earlier upload has left of the file, unless its first bytes are
// no longer those of the part.
func (p put) send(ctx context.Context, b *fileBody) error {
	err := p.transfer(ctx, b, p.left[p.name()])
	if errors.Is(err, providers.ErrRewritten) {
		return p.transfer(ctx, b, false)
	}
	if err != nil {
		return p.unhidden(ctx, b, err)
	}
	return nil
}

func (p put) transfer(ctx context.Context, b *fileBody, goOn bool) error {
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
func (p put) local() providers.File {
	return providers.File{Path: p.s.From, Size: p.s.Size, ModTime: p.byPath[p.name()].MTime}
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
	err := sized(ctx, p.store, p.s.To, p.s.Size)
	firstPut, _ := p.first(diff.OpPut)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && firstPut.ID != p.s.ID {
		return err
	}
	entries, err := twice(ctx, func() ([]providers.File, error) { return p.store.List(ctx, path.Dir(p.s.To)) })
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
