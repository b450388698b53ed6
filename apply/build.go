package apply

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// builder makes the jobs of a plan.
type builder struct {
	jobs
	plan *diff.Plan
	opts Options
	saw  map[string]task.Saw // by scope
	env  func(*job, task.Job) task.Env
}

// buildJobs makes the jobs of a plan, in the order of work, and refuses a plan that
// cannot be carried out. env is given what a job is for, and returns what its steps may
// know.
func buildJobs(plan *diff.Plan, opts Options, env func(*job, task.Job) task.Env) (jobs, error) {
	b := &builder{plan: plan, opts: opts, saw: task.SawAt(plan.Places), env: env}
	b.at, b.roots, b.owners = map[string][]*job{}, map[string]*job{}, map[string]*job{}
	steps, err := diff.Expand(plan, opts.Run)
	if err != nil {
		return jobs{}, err
	}
	for i, p := range plan.Places {
		if p.Own {
			if err := b.add(&job{}, task.Job{Address: p.Name, Place: p, Steps: steps.Places[i]}); err != nil {
				return jobs{}, err
			}
		}
	}
	for i, c := range plan.Cleanups {
		if err := b.addCleanup(c, steps.Cleanups[i]); err != nil {
			return jobs{}, err
		}
	}
	for i, c := range plan.Changes {
		if err := b.addChange(c, steps.Changes[i]); err != nil {
			return jobs{}, err
		}
	}
	shareGroups(plan, b.saw, b.all)
	return b.jobs, nil
}

func (b *builder) addCleanup(c diff.Cleanup, steps []diff.Step) error {
	place, ok := b.plan.Place(c.Place)
	if !ok {
		return fmt.Errorf("cleanup %s: no place %q in the plan", c.Path, c.Place)
	}
	j := &job{outcome: outcome.Outcome{Bytes: c.Bytes}}
	return b.add(j, task.Job{Address: c.Place + "/" + c.Path, Place: place, Named: c.Files, Key: state.Key{VM: c.VM}, Ignore: place.Ignore, Steps: steps})
}

func (b *builder) addChange(c diff.Change, steps []diff.Step) error {
	name, key, err := state.SplitAddress(c.Address)
	if err != nil {
		return err
	}
	place, ok := b.plan.Place(name)
	if !ok {
		return fmt.Errorf("%s: no place %q in the plan", c.Address, name)
	}
	j := &job{outcome: outcome.Outcome{Action: c.Action, Bytes: c.Bytes, Freed: c.Frees()}}
	if j.Source, ok = b.opts.Stores[c.Source]; !ok && c.Source != "" && !c.Fetches() {
		return fmt.Errorf("%s: source %q is not open", c.Address, c.Source)
	}
	if c.Fetches() {
		b.fetch(j, c)
	}
	of := task.Job{Address: c.Address, Place: place, Key: key, Change: c, Named: slices.Concat(c.Files, c.Before), Files: map[string]state.File{}, Steps: steps}
	for _, f := range c.Files {
		of.Files[f.Path] = f
	}
	of.Observed, of.Seen = b.saw[of.Scope()][key.Stamp]
	if c.Mode == diff.Prune {
		j.Source, of.Ignore = b.opts.Stores[name], place.Ignore
	}
	if from, ok := b.plan.Place(c.Source); ok {
		of.Ignore = from.Ignore
	}
	return b.add(j, of)
}

// fetch has the set of a change read from another destination.
func (b *builder) fetch(j *job, c diff.Change) {
	j.From.Place, _ = b.plan.Place(c.Source)
	j.From.Store = b.opts.Stores[c.Source]
	if j.From.Store == nil {
		j.Source = source.Lost(cmp.Or(b.opts.Missing[c.Source], fmt.Errorf("%s is not open", c.Source)))
		return
	}
	j.Source = source.Copy(j.From.Store, c.From, c.Files)
}

func (b *builder) add(j *job, of task.Job) error {
	place := of.Place.Name
	if _, ok := b.opts.Stores[place]; !ok && b.opts.Missing[place] == nil {
		return fmt.Errorf("%s: destination %q is not open", of.Address, place)
	}
	j.Env = b.env(j, of.Indexed())
	for _, s := range j.Steps {
		b.owners[s.ID] = j
	}
	j.outcome.Address, j.outcome.Status = j.Address, outcome.StatusPending
	b.all, b.at[place] = append(b.all, j), append(b.at[place], j)
	if j.Has(diff.OpOwn) {
		b.roots[place] = j
	}
	return nil
}
