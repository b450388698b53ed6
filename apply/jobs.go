package apply

import (
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// job is what a run of steps works for: a change, a cleanup, or the claiming of a root.
type job struct {
	task.Env
	progress preflight.Progress
	outcome  outcome.Outcome // guarded by outcomes once the work has begun
}

// jobs are those of a run.
type jobs struct {
	all    []*job            // in the order of work
	at     map[string][]*job // by place, in that order
	roots  map[string]*job   // that claim a root, by place
	owners map[string]*job   // of steps, by id
}

// envs are what the steps of each job may know.
func (js *jobs) envs() []*task.Env {
	all := make([]*task.Env, len(js.all))
	for i, j := range js.all {
		all[i] = &j.Env
	}
	return all
}

// isDone reports whether the journal has a step as done.
func (j *job) isDone(id string) bool {
	was, _ := j.Journal.Of(id)
	return was == journal.Done
}

// adds reports whether a job sends a set, and neither deletes nor replaces one.
func (j *job) adds() bool { return j.Has(diff.OpPut) && !j.Has(diff.OpAside) && !j.Deletes() }

// unmet is the first step that must be done before s and is not; "" if none.
func (j *job) unmet(s diff.Step) string {
	for _, id := range s.Needs {
		if !j.isDone(id) {
			return id
		}
	}
	return ""
}

// destinations are the destinations that a job changes, or relies on if it changes a
// source.
func (j *job) destinations() []string {
	if j.Place.Role == diff.DestinationRole {
		return []string{j.Place.Name}
	}
	var names []string
	for _, s := range j.Steps {
		for _, address := range s.Retains {
			name, _, _ := state.SplitAddress(address)
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
