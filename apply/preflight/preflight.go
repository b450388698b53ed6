package preflight

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// Input is what the places are compared with, and how they are reached.
type Input struct {
	Plan     *diff.Plan
	Jobs     []*task.Env // in the order of work
	Stores   map[string]providers.Store
	Missing  map[string]error // destinations that could not be opened
	Unlocked map[string]error // destinations that could not be locked; nothing is asked there
	Journal  Journal
}

// Journal is what a preflight may know of the journal.
type Journal interface {
	// Begun reports whether the journal knows all that this run has started.
	Begun() bool
	Of(step string) (journal.Status, journal.Result)
}

// Progress is the progress of a job at its final name.
type Progress int

// The positions of a set.
const (
	NotBegun Progress = iota // as the plan saw it
	HalfDone                 // a replace has moved the old set aside; a delete in place has begun
	Finished                 // as the plan wants it
)

// Report is what was found. It is valid beside an error.
type Report struct {
	Progress map[*task.Env]Progress
	Found    []string         // steps that a lost journal had recorded as started
	Lost     map[string]error // destinations that could not be read, by name
	Unread   map[string]error // groups that could not be read, by scope
}

// Check lists what the plan touches and compares it with what the plan saw, except for
// what this run has done itself. Its error is nil, or joined StaleErrors, or ErrApplied,
// or why the apply cannot begin. A destination or a group that cannot be read is in the
// report, unless none can.
func Check(ctx context.Context, in Input) (Report, error) {
	c := newChecks(in)
	err := c.compare(ctx)
	switch {
	case err != nil:
	case c.applied(ctx):
		err = ErrApplied
	default:
		err = ctx.Err()
	}
	return c.Report, err
}

// checks is one preflight.
type checks struct {
	Input
	Report
	owners map[string]*task.Env // of steps, by id
	groups map[string]changes   // by scope
}

func newChecks(in Input) *checks {
	c := &checks{Input: in, owners: map[string]*task.Env{}, groups: map[string]changes{}}
	c.Report = Report{Progress: map[*task.Env]Progress{}, Lost: map[string]error{}, Unread: map[string]error{}}
	maps.Copy(c.Lost, in.Unlocked)
	for _, j := range in.Jobs {
		for _, s := range j.Steps {
			c.owners[s.ID] = j
		}
		if c.groups[j.Scope()] == nil {
			c.groups[j.Scope()] = changes{}
		}
		c.groups[j.Scope()].add(j)
	}
	return c
}

func (c *checks) compare(ctx context.Context) error {
	stale, err := c.checkPlaces(ctx)
	if err != nil {
		return err
	}
	if unread, all := c.UnreadGroups(c.Plan); all {
		return errors.Join(unread...)
	}
	for _, j := range c.Jobs {
		err := c.checkJob(ctx, j)
		if err != nil && !errors.Is(err, ErrStale) {
			return fmt.Errorf("%s: %w", j.Address, err)
		}
		stale = append(stale, err)
	}
	return errors.Join(stale...)
}

// checkPlaces returns StaleErrors, or the error that ends the apply.
func (c *checks) checkPlaces(ctx context.Context) (stale []error, err error) {
	var lost []error
	touched := 0
	for _, p := range c.Plan.Places {
		if p.Role == diff.SourceRole || !Touches(p, c.Jobs) {
			continue
		}
		touched++
		switch err := c.checkDestination(ctx, p); {
		case err == nil:
		case errors.Is(err, ErrStale):
			stale = append(stale, err)
		case ctx.Err() != nil:
			return nil, err
		default:
			c.Lost[p.Name] = err
			lost = append(lost, err)
		}
	}
	if len(lost) > 0 && len(lost) == touched {
		return nil, errors.Join(lost...)
	}
	return stale, nil
}

// Touches reports whether the plan has seen a group at a place, or a job changes the
// place.
func Touches(p diff.Place, jobs []*task.Env) bool {
	return len(p.Observed) > 0 || slices.ContainsFunc(jobs, func(j *task.Env) bool { return j.Place.Name == p.Name })
}

func (c *checks) checkDestination(ctx context.Context, p diff.Place) error {
	if err := c.Lost[p.Name]; err != nil {
		return err
	}
	if err := c.Missing[p.Name]; err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	store, ok := c.Stores[p.Name]
	if !ok {
		return fmt.Errorf("destination %q is not open", p.Name)
	}
	look := newSnapshot(store, p.WorkDir)
	owner, err := ownerOf(ctx, look, p, c.Plan.Name)
	if err != nil {
		return err
	}
	if err := neighbours(ctx, look, p, c.Plan.Name); err != nil {
		return err
	}
	if err := c.checkPlace(ctx, look, p); err != nil {
		return err
	}
	if owner == "" {
		c.noteUnowned(p)
	}
	return nil
}

// noteUnowned lets the step that claims the root know that nobody owns it.
func (c *checks) noteUnowned(p diff.Place) {
	for _, j := range c.Jobs {
		if j.Place.Name == p.Name && j.Has(diff.OpOwn) {
			j.Learned.SawUnowned(j.Now())
		}
	}
}
