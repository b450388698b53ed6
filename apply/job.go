package apply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// job is what a run of steps works for: a change, a cleanup, or the claiming
// of a root. Its steps carry the run id where the plan has a placeholder.
type job struct {
	step.Env
	progress preflight.Progress
	outcome  Outcome
}

// buildJobs makes the jobs of a plan, in the order of work, and refuses a plan that
// cannot be carried out.
func (x *executor) buildJobs() error {
	for _, p := range x.plan.Places {
		if len(p.Steps) > 0 {
			if err := x.add(&job{}, step.Job{Address: p.Name, Place: p}, p.Steps); err != nil {
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
	x.shareGroups()
	return nil
}

func (x *executor) addCleanup(c diff.Cleanup) error {
	place, ok := x.plan.Place(c.Place)
	if !ok {
		return fmt.Errorf("cleanup %s: no place %q in the plan", c.Path, c.Place)
	}
	j := &job{outcome: Outcome{Bytes: c.Bytes}}
	return x.add(j, step.Job{Address: c.Place + "/" + c.Path, Place: place, Named: c.Files, Key: state.Key{VM: c.VM}, Ignore: place.Ignore}, c.Steps)
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
	j := &job{outcome: Outcome{Action: c.Action, Bytes: c.Bytes, Freed: c.Frees()}}
	if j.Source, ok = x.opts.Stores[c.Source]; !ok && c.Source != "" {
		return fmt.Errorf("%s: source %q is not open", c.Address, c.Source)
	}
	of := step.Job{Address: c.Address, Place: place, Key: key, Change: c, Named: slices.Concat(c.Files, c.Before), Files: map[string]diff.File{}}
	for _, f := range c.Files {
		of.Files[f.Path] = f
	}
	of.Observed, of.Seen = step.Observed(place, key)
	if c.Mode == diff.Prune {
		j.Source, of.Ignore = x.opts.Stores[name], place.Ignore
	}
	if from, ok := x.plan.Place(c.Source); ok {
		of.Ignore = from.Ignore
	}
	return x.add(j, of, c.Steps)
}

func (x *executor) add(j *job, of step.Job, steps []diff.Step) error {
	store, ok := x.opts.Stores[of.Place.Name]
	if !ok && x.opts.Missing[of.Place.Name] == nil {
		return fmt.Errorf("%s: destination %q is not open", of.Address, of.Place.Name)
	}
	j.Env = x.newEnv(j, of, store)
	for _, s := range steps {
		s.From, s.To = x.withRun(s.From), x.withRun(s.To)
		if err := confine(j, s); err != nil {
			return &step.Error{Address: j.Address, Op: s.Op, Path: s.To, Err: err}
		}
		x.owners[s.ID] = j
		j.Steps = append(j.Steps, s)
	}
	j.outcome.Address, j.outcome.Status = j.Address, StatusPending
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
