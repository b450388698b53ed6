package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// builder makes the jobs of a plan.
type builder struct {
	jobs
	plan *diff.Plan
	opts Options
	env  func(*job, step.Job) step.Env
}

// buildJobs makes the jobs of a plan, in the order of work, and refuses a plan that
// cannot be carried out. env is given what a job is for, and returns what its steps may
// know.
func buildJobs(plan *diff.Plan, opts Options, env func(*job, step.Job) step.Env) (jobs, error) {
	b := &builder{plan: plan, opts: opts, env: env}
	b.at, b.roots, b.owners = map[string][]*job{}, map[string]*job{}, map[string]*job{}
	for _, p := range plan.Places {
		if len(p.Steps) > 0 {
			if err := b.add(&job{}, step.Job{Address: p.Name, Place: p}, p.Steps); err != nil {
				return jobs{}, err
			}
		}
	}
	for _, c := range plan.Cleanups {
		if err := b.addCleanup(c); err != nil {
			return jobs{}, err
		}
	}
	for _, c := range plan.Changes {
		if err := b.addChange(c); err != nil {
			return jobs{}, err
		}
	}
	shareGroups(plan, b.all)
	return b.jobs, nil
}

func (b *builder) addCleanup(c diff.Cleanup) error {
	place, ok := b.plan.Place(c.Place)
	if !ok {
		return fmt.Errorf("cleanup %s: no place %q in the plan", c.Path, c.Place)
	}
	j := &job{outcome: Outcome{Bytes: c.Bytes}}
	return b.add(j, step.Job{Address: c.Place + "/" + c.Path, Place: place, Named: c.Files, Key: state.Key{VM: c.VM}, Ignore: place.Ignore}, c.Steps)
}

func (b *builder) addChange(c diff.Change) error {
	name, key, err := state.SplitAddress(c.Address)
	if err != nil {
		return err
	}
	place, ok := b.plan.Place(name)
	if !ok {
		return fmt.Errorf("%s: no place %q in the plan", c.Address, name)
	}
	j := &job{outcome: Outcome{Action: c.Action, Bytes: c.Bytes, Freed: c.Frees()}}
	if j.Source, ok = b.opts.Stores[c.Source]; !ok && c.Source != "" {
		return fmt.Errorf("%s: source %q is not open", c.Address, c.Source)
	}
	of := step.Job{Address: c.Address, Place: place, Key: key, Change: c, Named: slices.Concat(c.Files, c.Before), Files: map[string]diff.File{}}
	for _, f := range c.Files {
		of.Files[f.Path] = f
	}
	of.Observed, of.Seen = step.Observed(place, key)
	if c.Mode == diff.Prune {
		j.Source, of.Ignore = b.opts.Stores[name], place.Ignore
	}
	if from, ok := b.plan.Place(c.Source); ok {
		of.Ignore = from.Ignore
	}
	return b.add(j, of, c.Steps)
}

func (b *builder) add(j *job, of step.Job, steps []diff.Step) error {
	place := of.Place.Name
	if _, ok := b.opts.Stores[place]; !ok && b.opts.Missing[place] == nil {
		return fmt.Errorf("%s: destination %q is not open", of.Address, place)
	}
	j.Env = b.env(j, of)
	for _, s := range steps {
		s.From, s.To = withRun(s.From, b.opts.Run), withRun(s.To, b.opts.Run)
		if err := confine(j, s); err != nil {
			return &step.Error{Address: j.Address, Op: s.Op, Path: s.To, Err: err}
		}
		b.owners[s.ID] = j
		j.Steps = append(j.Steps, s)
	}
	j.outcome.Address, j.outcome.Status = j.Address, StatusPending
	b.all, b.at[place] = append(b.all, j), append(b.at[place], j)
	if j.Has(diff.OpOwn) {
		b.roots[place] = j
	}
	return nil
}

// withRun puts the run id into the name of a trash folder.
func withRun(p, run string) string {
	for _, kind := range []string{"~del", "~rep", "~gone"} {
		if rest, ok := strings.CutSuffix(p, "~"+diff.RunPlaceholder+kind); ok {
			return rest + "~" + run + kind
		}
	}
	return p
}
