package apply

import (
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// job is what a run of steps works for: a change, a cleanup, or the claiming
// of a root.
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

// scope names the chain that the job belongs to.
func (j *job) scope() string { return state.Scope(j.place.Name, j.key.VM) }

// first returns the first step of that op.
func (j *job) first(op diff.Op) (diff.Step, bool) {
	i := slices.IndexFunc(j.steps, func(s diff.Step) bool { return s.Op == op })
	if i < 0 {
		return diff.Step{}, false
	}
	return j.steps[i], true
}

func (j *job) has(op diff.Op) bool { _, ok := j.first(op); return ok }

// deletes reports whether the job deletes a set, whatever the action of the change is.
func (j *job) deletes() bool {
	return j.change.Action == diff.Delete || j.has(diff.OpTrash) || j.has(diff.OpMarkDelete)
}

// deletionStep returns the step after which a set no longer counts.
func (j *job) deletionStep() (diff.Step, bool) {
	if s, ok := j.first(diff.OpTrash); ok {
		return s, true
	}
	return j.first(diff.OpMarkDelete)
}

// inPlace reports whether the destination publishes in place.
func (j *job) inPlace() bool { return j.place.Publish == state.InPlace }

// final is the final name of the set of a change.
func (j *job) final() string { return j.place.Layout.Path(j.key) }

// sendTo is the folder that an upload sends its files to.
func (j *job) sendTo() string {
	if j.inPlace() {
		return j.final()
	}
	return j.place.WorkDir.StagedSet(j.key)
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

// asSeen reports whether a set is the one that the plan saw and knew.
func (j *job) asSeen(is state.Set) bool {
	return j.seen && j.observed.State != state.Unknown && sameSet(j.observed, is)
}

// payload is the list of files of the set according to the plan.
func (j *job) payload() []state.File { return payload(j.change.Files) }

func payload(files []diff.File) []state.File {
	out := make([]state.File, len(files))
	for i, f := range files {
		out[i] = state.File{Path: f.Path, Size: f.Size, ModTime: f.MTime}
	}
	return out
}

// buildJobs makes the jobs of a plan, in the order of work, and refuses a plan that
// cannot be carried out.
func (x *executor) buildJobs() error {
	steps, err := diff.Expand(x.plan, x.opts.Run)
	if err != nil {
		return err
	}
	for i, p := range x.plan.Places {
		if p.Own {
			if err := x.add(&job{address: p.Name, place: p}, steps.Places[i]); err != nil {
				return err
			}
		}
	}
	for i, c := range x.plan.Cleanups {
		if err := x.addCleanup(c, steps.Cleanups[i]); err != nil {
			return err
		}
	}
	for i, c := range x.plan.Changes {
		if err := x.addChange(c, steps.Changes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (x *executor) addCleanup(c diff.Cleanup, steps []diff.Step) error {
	place, ok := x.plan.Place(c.Place)
	if !ok {
		return fmt.Errorf("cleanup %s: no place %q in the plan", c.Path, c.Place)
	}
	j := &job{address: c.Place + "/" + c.Path, place: place, named: c.Files, key: state.Key{VM: c.VM}, ignore: place.Ignore}
	j.outcome.Bytes = c.Bytes
	return x.add(j, steps)
}

func (x *executor) addChange(c diff.Change, steps []diff.Step) error {
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
	return x.add(j, steps)
}

func (x *executor) add(j *job, steps []diff.Step) error {
	var ok bool
	if j.store, ok = x.opts.Stores[j.place.Name]; !ok && x.opts.Missing[j.place.Name] == nil {
		return fmt.Errorf("%s: destination %q is not open", j.address, j.place.Name)
	}
	j.steps = steps
	for _, s := range steps {
		x.owners[s.ID] = j
	}
	j.outcome.Address, j.outcome.Status = j.address, StatusPending
	x.jobs = append(x.jobs, j)
	return nil
}

func observed(place diff.Place, k state.Key) (diff.ObservedSet, bool) {
	for _, o := range place.Observed {
		if o.Scope != state.Scope(place.Name, k.VM) {
			continue
		}
		for _, set := range o.Sets {
			if set.Name == k.Stamp {
				return set, true
			}
		}
	}
	return diff.ObservedSet{}, false
}

// stagedKey is the key of the set of a staged folder; false if it is not a staged
// folder.
func (j *job) stagedKey(p string) (state.Key, bool) {
	k, err := state.ParseDecorated(path.Base(p))
	return k, err == nil && p == j.place.WorkDir.Staged(k)
}

// trashed is the key of the set in a trash folder; zero if it is not a trash folder.
func trashed(p string) state.Key {
	k, _, _, _ := state.ParseTrash(path.Base(p))
	return k
}
