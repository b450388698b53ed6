package prune

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// ErrAside: a set that must be kept could not be moved back to its name.
var ErrAside = errors.New("could not be moved back to its name")

// Prune deletes a set at its source, after every place that justifies it has been
// checked again, before and after the set was moved aside.
type Prune struct {
	task.Task
	read   sums
	copies map[string]copied // of the set, by destination
}

// New makes a prune ready to be done.
func New(t task.Task) Prune { return Prune{t, sums{}, map[string]copied{}} }

func (p Prune) aside() string { return state.Aside(p.Step.From, p.Run) }

// Check leaves it to Do to check a set that was moved aside: Do can move it back.
func (p Prune) Check(ctx context.Context, was journal.Status) (bool, error) {
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
func (p Prune) proven(ctx context.Context, dir string) error {
	if _, err := source.ReadSet(ctx, p.Source, dir, p.Ignore, p.Change.Files); err != nil {
		return err
	}
	copies, err := ground(ctx, p.Task)
	if err != nil {
		return err
	}
	maps.Copy(p.copies, copies)
	return p.read.compare(ctx, p.Task, dir, copies)
}

// Where finds the set of a prune: at its own name, aside, gone, or nowhere (""),
// where ignored files alone may be left.
func Where(ctx context.Context, e task.Env, s diff.Step) (string, error) {
	return Prune{Task: task.Task{Env: e, Step: s}}.where(ctx)
}

func (p Prune) where(ctx context.Context) (string, error) {
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

func (p Prune) onlyIgnored(ctx context.Context) (bool, error) {
	tree, err := read.SourceSet(ctx, p.Store, p.Step.From, p.Ignore)
	return len(tree.Files) == 0 && len(tree.Ignored) > 0, err
}

// Do moves the set aside, so that no program writes into it, and checks again: if a
// copy has vanished meanwhile, the set is moved back.
func (p Prune) Do(ctx context.Context) (journal.Result, error) {
	where, err := p.where(ctx)
	if err == nil && where == p.Step.From {
		err = readBack(ctx, p.Task, p.copies)
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

func (p Prune) moveAside(ctx context.Context) error {
	if err := remote.Absent(ctx, p.Store, p.aside()); err != nil {
		return err
	}
	return remote.Rename(ctx, p.Store, p.Step.From, p.aside())
}

// back moves the set back to its name. If ctx is done, the next run does it.
func (p Prune) back(ctx context.Context) error {
	err := remote.Absent(ctx, p.Store, p.Step.From)
	if err == nil {
		err = remote.Rename(ctx, p.Store, p.aside(), p.Step.From)
	}
	if err != nil {
		return fmt.Errorf("%s %w: %w", p.aside(), ErrAside, err)
	}
	return nil
}
