package preflight

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// group is one scope as the plan saw it, as it is, and who changes it.
type group struct {
	scope string
	was   map[state.Stamp]diff.ObservedSet
	is    map[state.Stamp]state.Set
	jobs  changes
	look  providers.Store // by which it was read
}

// checkPlace lists the touched scopes of a place together, and then compares them one by
// one.
func (c *checks) checkPlace(ctx context.Context, store providers.Store, p diff.Place) error {
	vms := make([]string, len(p.Observed))
	for i, o := range p.Observed {
		vms[i] = strings.TrimPrefix(o.Scope, p.Name+"/")
	}
	all := read.Groups(ctx, store, p.Layout, p.WorkDir, vms)
	groups, failed := make([]group, len(p.Observed)), make([]error, len(p.Observed))
	for i, o := range p.Observed {
		groups[i], failed[i] = c.groupOf(store, o, all[vms[i]])
		if endsPreflight(ctx, failed[i]) {
			return fmt.Errorf("%s: %w", o.Scope, failed[i])
		}
	}
	var stale []error
	for i, g := range groups {
		err := c.compareGroup(ctx, g, failed[i])
		if err != nil && !errors.Is(err, ErrStale) {
			return fmt.Errorf("%s: %w", g.scope, err)
		}
		stale = append(stale, err)
	}
	return errors.Join(stale...)
}

// compareGroup compares a group, unless reading it failed with err. An error of this group
// alone is kept for its chain.
func (c *checks) compareGroup(ctx context.Context, g group, err error) error {
	if err == nil {
		err = c.compareSets(ctx, g)
	}
	if err == nil || errors.Is(err, ErrStale) || endsPreflight(ctx, err) {
		return err
	}
	c.Unread[g.scope] = &GroupError{g.scope, err}
	return nil
}

// groupOf is a group as it was read.
func (c *checks) groupOf(store providers.Store, o diff.Observed, is read.GroupRead) (group, error) {
	err := is.Err
	g := group{o.Scope, map[state.Stamp]diff.ObservedSet{}, task.ByStamp(is.Sets), c.groups[o.Scope], store}
	_, partial := errors.AsType[*read.NotWholeError](err)
	for _, s := range o.Sets {
		if _, there := g.is[s.Name]; there || !partial {
			g.was[s.Name] = s
		}
	}
	if partial { // each delete reads the group again, and is refused then
		err = nil
	}
	return g, err
}

// changes are who changes the sets of one group: changes, and the cleanups that bring a
// set back from trash.
type changes map[state.Stamp]*task.Env

func (c changes) add(j *task.Env) {
	if s, ok := j.First(diff.OpReturn); ok {
		k, _, _, _ := state.ParseTrash(path.Base(s.From)) // zero at a source, which has no groups
		c[k.Stamp] = j
	}
	if j.Key.Stamp != "" {
		c[j.Key.Stamp] = j
	}
}

// compareSets checks the sets in the order of work: whether this run deleted a set depends
// on the uploads before it.
func (c *checks) compareSets(ctx context.Context, g group) error {
	stale := &StaleError{Scope: g.scope}
	for _, stamp := range g.stamps() {
		was, seen := g.was[stamp]
		is, there := g.is[stamp]
		pos, ok, err := c.locate(ctx, g, stamp)
		if err != nil {
			return err
		}
		if j := g.jobs[stamp]; ok && j != nil {
			c.Progress[j] = pos
		}
		switch {
		case ok:
		case !seen:
			stale.Appeared = append(stale.Appeared, string(stamp))
		case !there:
			stale.Vanished = append(stale.Vanished, string(stamp))
		default:
			stale.Changed = append(stale.Changed, differs(stamp, was, is))
		}
	}
	return stale.or()
}

func differs(stamp state.Stamp, was diff.ObservedSet, is state.Set) string {
	return fmt.Sprintf("%s (planned %d files, %d bytes, %s; found %d files, %d bytes, %s)",
		stamp, was.Files, was.Bytes, was.State, len(is.Files), is.Bytes(), is.State)
}

func (g group) stamps() []state.Stamp {
	all := map[state.Stamp]bool{}
	for stamp := range g.was {
		all[stamp] = true
	}
	for stamp := range g.is {
		all[stamp] = true
	}
	for stamp := range g.jobs {
		all[stamp] = true
	}
	stamps := slices.Sorted(maps.Keys(all))
	slices.SortStableFunc(stamps, func(a, b state.Stamp) int { return g.order(a) - g.order(b) })
	return stamps
}

func (g group) order(stamp state.Stamp) int {
	if j := g.jobs[stamp]; j != nil {
		return j.Rank()
	}
	return -1
}

// locate finds the position of one set; false if neither the plan nor this run explains
// what is there.
func (c *checks) locate(ctx context.Context, g group, stamp state.Stamp) (Progress, bool, error) {
	was, seen := g.was[stamp]
	is, there := g.is[stamp]
	j := g.jobs[stamp]
	if seen == there && (!seen || task.SameSet(was, is)) {
		if done, err := c.healed(ctx, j, is); done || err != nil {
			return Finished, true, err
		}
		return NotBegun, true, c.recoverStaged(ctx, g.look, j)
	}
	switch {
	case j == nil:
		return NotBegun, false, nil
	case is.State == state.Unknown && !j.Deletes():
		return NotBegun, false, fmt.Errorf("%s: %s", is.Path, is.Problem) // it may be what this run made
	}
	if pos, op, ok := wanted(j, is, there); ok {
		ours, err := c.accounts(ctx, j, op, is)
		return pos, ours, err
	}
	return NotBegun, false, nil
}

// healed reports, where the journal was lost, whether this run has replaced a damaged set: the
// new one looks the same.
func (c *checks) healed(ctx context.Context, j *task.Env, is state.Set) (bool, error) {
	if j == nil || c.Journal.Begun() || !j.Has(diff.OpAside) || !is.Marked || !state.SameContent(is.Files, j.Change.Files) {
		return false, nil
	}
	s, _ := j.First(diff.OpAside)
	if _, aside, err := remote.Entry(ctx, j.Store, s.To); !aside || err != nil {
		return false, err
	}
	return c.accounts(ctx, j, diff.OpPublish, is)
}

// wanted reports whether the set is as the job makes it, and by which op.
func wanted(j *task.Env, is state.Set, there bool) (Progress, diff.Op, bool) {
	switch {
	case !there && j.Has(diff.OpTrash):
		return Finished, diff.OpTrash, true
	case !there && j.Has(diff.OpMarkDelete):
		return Finished, diff.OpMarkDelete, true
	case is.State == state.Incomplete && j.Has(diff.OpMarkDelete):
		return HalfDone, diff.OpMarkDelete, true
	case !there && j.Has(diff.OpAside):
		return HalfDone, diff.OpAside, true
	case there && is.Marked && j.Has(diff.OpPublish):
		return Finished, diff.OpPublish, state.SameContent(is.Files, j.Change.Files)
	case there && is.Marked && j.Has(diff.OpSeal):
		return Finished, diff.OpSeal, state.SameContent(is.Files, j.Change.Files)
	case there && is.Marked && j.Has(diff.OpMark):
		return Finished, diff.OpMark, state.Digest(is.Files) == j.Observed.SHA256
	case there && j.Has(diff.OpReturn):
		return Finished, diff.OpReturn, true
	}
	return NotBegun, "", false
}
