package step

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// prune deletes a set at its source, after every place that justifies it has been
// checked again, before and after the set was moved aside.
type prune struct {
	task.Task
	sums   map[string]string // of the files that were read, by path
	copies map[string]copied // of the set, by destination
}

func (p prune) aside() string { return state.Aside(p.Step.From, p.Run) }

// Check leaves it to Do to check a set that was moved aside: Do can move it back.
func (p prune) Check(ctx context.Context, was journal.Status) (bool, error) {
	where, err := p.where(ctx)
	switch {
	case err != nil:
		return false, err
	case where == "":
		p.AbsentAlready(was)
		return true, nil
	case where == p.Step.To && was != journal.Never:
		return true, nil
	case where != p.Step.From && was == journal.Never:
		return false, fmt.Errorf("%s %w", where, remote.ErrThere)
	case where != p.Step.From:
		return false, nil
	}
	return false, p.proven(ctx, where)
}

// proven compares everything, including the checksums: a set that was rewritten with
// the same sizes exists nowhere else.
func (p prune) proven(ctx context.Context, dir string) error {
	if _, err := source.ReadSet(ctx, p.Source, dir, p.Ignore, p.Payload()); err != nil {
		return err
	}
	manifests, err := p.ground(ctx)
	if err != nil {
		return err
	}
	return p.sameSums(ctx, dir, manifests)
}

// WherePruned finds the set of a prune: at its own name, aside, gone, or nowhere (""),
// where ignored files alone may be left.
func WherePruned(ctx context.Context, e task.Env, s diff.Step) (string, error) {
	return prune{Task: task.Task{Env: e, Step: s}}.where(ctx)
}

func (p prune) where(ctx context.Context) (string, error) {
	entries, err := p.Store.List(ctx, path.Dir(p.Step.From))
	if err != nil {
		return "", err
	}
	there := map[string]bool{}
	for _, e := range entries {
		there[e.Path] = true
	}
	if there[p.Step.From] {
		left, err := p.onlyIgnored(ctx)
		if err != nil || !left {
			return p.Step.From, err
		}
	}
	for _, name := range []string{p.aside(), p.Step.To} {
		if there[name] {
			return name, nil
		}
	}
	return "", nil
}

func (p prune) onlyIgnored(ctx context.Context) (bool, error) {
	tree, err := read.SourceSet(ctx, p.Store, p.Step.From, p.Ignore)
	return len(tree.Files) == 0 && len(tree.Ignored) > 0, err
}

// ground proves that all sets which justify the deletion of this one are complete, at
// roots that belong to this configuration. It returns the manifests of the copies of
// this set.
func (p prune) ground(ctx context.Context) ([]*state.Manifest, error) {
	var same []*state.Manifest
	owned := map[string]bool{}
	for _, address := range p.Step.Retains {
		name, k, err := state.SplitAddress(address)
		if err != nil {
			return nil, err
		}
		at, known := p.Destinations[name]
		if at.Err != nil {
			return nil, at.Err
		}
		if !known || at.Store == nil || k.VM != p.Key.VM {
			return nil, fmt.Errorf("%s cannot justify this delete", address)
		}
		if !owned[name] {
			if err := p.owned(ctx, at); err != nil {
				return nil, err
			}
			owned[name] = true
		}
		m, err := p.held(ctx, at, k)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		if k == p.Key {
			same = append(same, m)
			p.copies[name] = copied{at, m}
		}
	}
	return same, ctx.Err()
}

func (p prune) owned(ctx context.Context, at task.Destination) error {
	owner, err := read.Owner(ctx, at.Store, at.Place.WorkDir)
	if err == nil && owner != p.Owner {
		err = fmt.Errorf("its root belongs to %q, the plan to %q", owner, p.Owner)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", at.Place.Name, err)
	}
	return nil
}

// held proves that a destination has a complete copy of a set, with checksums.
func (p prune) held(ctx context.Context, at task.Destination, k state.Key) (*state.Manifest, error) {
	s, err := remote.ReadWhole(ctx, at.Store, k, at.Place.Layout.Path(k))
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case s.State != state.Complete:
		return nil, fmt.Errorf("it is %s: %s", s.State, s.Problem)
	}
	if err := p.Justifies(at.Place, s); err != nil {
		return nil, err
	}
	switch {
	case s.Manifest.NoSums:
		return nil, errors.New("its manifest has no checksums")
	case k == p.Key && !state.SameContent(p.compared(s.Files), p.Payload()):
		return nil, errors.New(remote.Difference(p.Payload(), p.compared(s.Files)))
	}
	return s.Manifest, nil
}

// compared are the files of a copy that the source would hold as well: files that it
// ignores since the upload stay there.
func (p prune) compared(files []state.File) []state.File {
	return slices.DeleteFunc(slices.Clone(files), func(f state.File) bool { return config.Ignored(p.Ignore, f.Path) })
}

// sameSums reads the files at the source, each once, and compares them with
// every manifest.
func (p prune) sameSums(ctx context.Context, dir string, manifests []*state.Manifest) error {
	if len(manifests) == 0 {
		return nil // no destination keeps it any more
	}
	for _, f := range p.Change.Files {
		sum, err := p.sum(ctx, dir, f)
		if err != nil {
			return err
		}
		for _, m := range manifests {
			if sumIn(m, f.Path) != sum {
				err := fmt.Errorf("%s %w: its contents changed after the upload and exist nowhere else",
					path.Join(p.Step.From, f.Path), source.ErrChanged)
				return providers.WithHint(err, rewrittenHint)
			}
		}
	}
	return nil
}

// sumIn is the sum that a manifest has of a file; "" if none.
func sumIn(m *state.Manifest, name string) string {
	i, ok := slices.BinarySearchFunc(m.Files, name, func(f state.ManifestFile, name string) int { return strings.Compare(f.Path, name) })
	if !ok {
		return ""
	}
	return m.Files[i].SHA256
}

// sum reuses what it has read before: a file that has changed since would have another
// time.
func (p prune) sum(ctx context.Context, dir string, f diff.File) (string, error) {
	if sum, ok := p.sums[f.Path]; ok {
		return sum, nil
	}
	r, err := p.Store.Open(ctx, path.Join(dir, f.Path), 0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum, err := source.SumAll(r, func(n int64) { p.Emit(event.Comparing{Address: p.Address, Path: f.Path, Read: n, Size: f.Size}) })
	if err != nil {
		return "", err
	}
	p.sums[f.Path] = sum
	return sum, ctx.Err()
}

// Do moves the set aside, so that no program writes into it, and checks again: if a
// copy has vanished meanwhile, the set is moved back.
func (p prune) Do(ctx context.Context) (journal.Result, error) {
	where, err := p.where(ctx)
	if err == nil && where == p.Step.From {
		err = p.readBack(ctx)
	}
	if err == nil && where == p.Step.From {
		err = p.moveAside(ctx)
	}
	if err != nil {
		return journal.Result{}, err
	}
	err = p.proven(ctx, p.aside())
	if err == nil {
		err = remote.Rename(ctx, p.Store, p.aside(), p.Step.To)
	}
	if err != nil {
		err = errors.Join(err, p.back(ctx))
	}
	return journal.Result{}, err
}

func (p prune) moveAside(ctx context.Context) error {
	if err := remote.Absent(ctx, p.Store, p.aside()); err != nil {
		return err
	}
	return remote.Rename(ctx, p.Store, p.Step.From, p.aside())
}

// back moves the set back to its name. If ctx is done, the next run does it.
func (p prune) back(ctx context.Context) error {
	err := remote.Absent(ctx, p.Store, p.Step.From)
	if err == nil {
		err = remote.Rename(ctx, p.Store, p.aside(), p.Step.From)
	}
	if err != nil {
		return fmt.Errorf("%s %w: %w", p.aside(), ErrAside, err)
	}
	return nil
}

const rewrittenHint = "Compare the local set with its copies and delete the bad ones by hand: the local set, or the copies, which are then uploaded again."
