package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// job is what a run of steps works for: a change, a cleanup, or the claiming
// of a root. Its steps carry the run id where the plan has a placeholder.
type job struct {
	address string
	place   diff.Place
	store   providers.Store
	key     state.Key            // of a change or cleanup
	change  diff.Change          // zero for a cleanup or a root
	byPath  map[string]diff.File // the files of the change
	named   []diff.File          // what a purge may remove
	ignore  []string             // globs of the source
	source  providers.Store
	steps   []diff.Step

	seen     bool // the plan saw a set of this key
	observed diff.ObservedSet
	claimed  state.Claim     // of the upload: the local files as they were when it began
	left     map[string]bool // files of the set that an earlier upload has left in staging
	fresh    bool            // this run has begun the staged folder
	progress progress
	outcome  Outcome
}

// rank orders the jobs of a chain: deletes come last, except those that the plan
// schedules early to make room.
func (j *job) rank() int {
	switch {
	case j.change.Early:
		return 0
	case j.deletes():
		return 2
	}
	return 1
}

// buildJobs makes the jobs of a plan, in the order of work, and refuses a plan that
// cannot be carried out.
func (x *executor) buildJobs() error {
	for _, p := range x.plan.Places {
		if len(p.Steps) > 0 {
			if err := x.add(&job{address: p.Name, place: p}, p.Steps); err != nil {
				return err
			}
		}
	}
	for _, c := range x.plan.Cleanups {
		if err := x.addCleanup(c); err != nil {
			return err
		}
	}
	for _, c := range x.plan.Changes {
		if err := x.addChange(c); err != nil {
			return err
		}
	}
	return nil
}

func (x *executor) addCleanup(c diff.Cleanup) error {
	place, ok := x.plan.Place(c.Place)
	if !ok {
		return fmt.Errorf("cleanup %s: no place %q in the plan", c.Path, c.Place)
	}
	j := &job{address: c.Place + "/" + c.Path, place: place, named: c.Files, key: state.Key{VM: c.VM}, ignore: place.Ignore}
	j.outcome.Bytes = c.Bytes
	return x.add(j, c.Steps)
}

func (x *executor) addChange(c diff.Change) error {
	name, key, err := state.SplitAddress(c.Address)
	if err != nil {
		return err
	}
	place, ok := x.plan.Place(name)
	if !ok {
		return fmt.Errorf("%s: no place %q in the plan", c.Address, name)
	}
	j := &job{address: c.Address, place: place, key: key, change: c, named: slices.Concat(c.Files, c.Before)}
	j.byPath = make(map[string]diff.File, len(c.Files))
	for _, f := range c.Files {
		j.byPath[f.Path] = f
	}
	j.outcome.Action, j.outcome.Bytes, j.outcome.Freed = c.Action, c.Bytes, c.Frees()
	j.observed, j.seen = observed(place, key)
	if j.source, ok = x.opts.Stores[c.Source]; !ok && c.Source != "" {
		return fmt.Errorf("%s: source %q is not open", c.Address, c.Source)
	}
	if c.Mode == diff.Prune {
		j.source, j.ignore = x.opts.Stores[name], place.Ignore
	}
	if from, ok := x.plan.Place(c.Source); ok {
		j.ignore = from.Ignore
	}
	return x.add(j, c.Steps)
}

func (x *executor) add(j *job, steps []diff.Step) error {
	var ok bool
	if j.store, ok = x.opts.Stores[j.place.Name]; !ok && x.opts.Missing[j.place.Name] == nil {
		return fmt.Errorf("%s: destination %q is not open", j.address, j.place.Name)
	}
	for _, s := range steps {
		s.From, s.To = x.withRun(s.From), x.withRun(s.To)
		if err := confine(j, s); err != nil {
			return &StepError{j.address, s.Op, s.To, err}
		}
		x.owners[s.ID] = j
		j.steps = append(j.steps, s)
	}
	j.outcome.Address, j.outcome.Status = j.address, StatusPending
	x.jobs = append(x.jobs, j)
	return nil
}

// withRun puts the run id into the name of a trash folder.
func (x *executor) withRun(p string) string {
	for _, kind := range []string{"~del", "~rep", "~gone"} {
		if rest, ok := strings.CutSuffix(p, "~"+diff.RunPlaceholder+kind); ok {
			return rest + "~" + x.opts.Run + kind
		}
	}
	return p
}
