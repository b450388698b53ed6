package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// progress is the progress of a job at its final name.
type progress int

const (
	notBegun progress = iota // as the plan saw it
	halfDone                 // a replace has moved the old set aside; a delete in place has begun
	finished                 // as the plan wants it
)

// group is one scope as the plan saw it, as it is, and who changes it.
type group struct {
	scope string
	was   map[state.Stamp]diff.ObservedSet
	is    map[state.Stamp]state.Set
	jobs  map[state.Stamp]*job
	look  providers.Store // by which it was read
}

// checkPlace lists the touched scopes of a place concurrently, and then compares them
// one by one.
func (x *executor) checkPlace(ctx context.Context, store providers.Store, p diff.Place) error {
	groups, failed := make([]group, len(p.Observed)), make([]error, len(p.Observed))
	err := each(ctx, x.width(store), len(groups), func(i int) error {
		groups[i], failed[i] = x.readGroup(ctx, store, p, p.Observed[i])
		if endsPreflight(ctx, failed[i]) {
			return fmt.Errorf("%s: %w", p.Observed[i].Scope, failed[i])
		}
		return nil
	})
	if err != nil {
		return err
	}
	var stale []error
	for i, g := range groups {
		err := x.compareGroup(ctx, g, failed[i])
		if err != nil && !errors.Is(err, ErrStale) {
			return fmt.Errorf("%s: %w", g.scope, err)
		}
		stale = append(stale, err)
	}
	return errors.Join(stale...)
}

// compareGroup compares a group, unless reading it failed with err. An error of this group
// alone is kept for its chain.
func (x *executor) compareGroup(ctx context.Context, g group, err error) error {
	if err == nil {
		err = x.compareSets(ctx, g)
	}
	if err == nil || errors.Is(err, ErrStale) || endsPreflight(ctx, err) {
		return err
	}
	x.unread[g.scope] = &groupError{g.scope, err}
	return nil
}

func (x *executor) readGroup(ctx context.Context, store providers.Store, p diff.Place, o diff.Observed) (group, error) {
	vm := strings.TrimPrefix(o.Scope, p.Name+"/")
	sets, err := read.Group(ctx, store, p.Layout, p.WorkDir, vm)
	g := group{o.Scope, map[state.Stamp]diff.ObservedSet{}, byStamp(sets), x.jobsOf(p, vm), store}
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

func byStamp(sets []state.Set) map[state.Stamp]state.Set {
	m := map[state.Stamp]state.Set{}
	for _, s := range sets {
		m[s.Stamp] = s
	}
	return m
}

// jobsOf finds who changes the sets of one group: changes, and the cleanups
// that bring a set back from trash.
func (x *executor) jobsOf(p diff.Place, vm string) map[state.Stamp]*job {
	jobs := map[state.Stamp]*job{}
	for _, j := range x.jobs {
		if j.place.Name != p.Name || j.key.VM != vm {
			continue
		}
		if s, ok := j.first(diff.OpReturn); ok {
			jobs[trashed(s.From).Stamp] = j
		}
		if j.key.Stamp != "" {
			jobs[j.key.Stamp] = j
		}
	}
	return jobs
}

// compareSets checks the sets in the order of work: whether this run deleted a set depends
// on the uploads before it.
func (x *executor) compareSets(ctx context.Context, g group) error {
	stale := &StaleError{Scope: g.scope}
	for _, stamp := range g.stamps() {
		was, seen := g.was[stamp]
		is, there := g.is[stamp]
		pos, ok, err := x.locate(ctx, g, stamp)
		if err != nil {
			return err
		}
		if j := g.jobs[stamp]; ok && j != nil {
			j.progress = pos
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
		return j.rank()
	}
	return -1
}

// locate finds the position of one set; false if neither the plan nor this run explains
// what is there.
func (x *executor) locate(ctx context.Context, g group, stamp state.Stamp) (progress, bool, error) {
	was, seen := g.was[stamp]
	is, there := g.is[stamp]
	if seen == there && (!seen || sameSet(was, is)) {
		return notBegun, true, x.recoverStaged(ctx, g.look, g.jobs[stamp])
	}
	j := g.jobs[stamp]
	switch {
	case j == nil:
		return notBegun, false, nil
	case is.State == state.Unknown && !j.deletes():
		return notBegun, false, fmt.Errorf("%s: %s", is.Path, is.Problem) // it may be what this run made
	}
	if pos, op, ok := wanted(j, is, there); ok {
		ours, err := x.accounts(ctx, j, op, is)
		return pos, ours, err
	}
	return notBegun, false, nil
}

// wanted reports whether the set is as the job makes it, and by which op.
func wanted(j *job, is state.Set, there bool) (progress, diff.Op, bool) {
	switch {
	case !there && j.has(diff.OpTrash):
		return finished, diff.OpTrash, true
	case !there && j.has(diff.OpMarkDelete):
		return finished, diff.OpMarkDelete, true
	case is.State == state.Incomplete && j.has(diff.OpMarkDelete):
		return halfDone, diff.OpMarkDelete, true
	case !there && j.has(diff.OpAside):
		return halfDone, diff.OpAside, true
	case there && is.Marked && j.has(diff.OpPublish):
		return finished, diff.OpPublish, state.SameContent(is.Files, j.payload())
	case there && is.Marked && j.has(diff.OpSeal):
		return finished, diff.OpSeal, state.SameContent(is.Files, j.payload())
	case there && is.Marked && j.has(diff.OpMark):
		return finished, diff.OpMark, state.Digest(is.Files) == j.observed.SHA256
	case there && j.has(diff.OpReturn):
		return finished, diff.OpReturn, true
	}
	return notBegun, "", false
}

// sameSet reports whether a set is as the plan saw it: names, sizes, and whether there
// is a manifest. A set that was unknown then matches if it exists; one that was known
// then and is unknown now does not match.
func sameSet(was diff.ObservedSet, is state.Set) bool {
	switch {
	case was.State == state.Unknown:
		return true
	case is.State == state.Unknown:
		return false
	case was.State == state.Incomplete || is.State == state.Incomplete:
		return was.State == is.State && state.Digest(is.Files) == was.SHA256
	case was.State == state.Damaged:
		return state.Digest(is.Files) == was.SHA256
	}
	marked := was.State != state.Unmarked
	return is.State != state.Damaged && marked == is.Marked && state.Digest(is.Files) == was.SHA256
}
