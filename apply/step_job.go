package apply

import (
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

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
	return j.change.Action == diff.Delete || j.has(diff.OpTrash) || j.has(diff.OpCondemn)
}

// deletionStep returns the step after which a set no longer counts.
func (j *job) deletionStep() (diff.Step, bool) {
	if s, ok := j.first(diff.OpTrash); ok {
		return s, true
	}
	return j.first(diff.OpCondemn)
}

// inPlace reports whether the destination publishes in place.
func (j *job) inPlace() bool { return j.place.Publish == state.InPlace }

// sendTo is the folder that an upload sends its files to.
func (j *job) sendTo() string {
	if j.inPlace() {
		return j.final()
	}
	return j.place.WorkDir.StagedSet(j.key)
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

// final is the final name of the set of a change.
func (j *job) final() string { return j.place.Layout.Path(j.key) }

// stagedKey is the key of the set of a staged folder; false if it is not a staged
// folder.
func (j *job) stagedKey(p string) (state.Key, bool) {
	k, err := state.ParseDecorated(path.Base(p))
	return k, err == nil && p == j.place.WorkDir.Staged(k)
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

func byStamp(sets []state.Set) map[state.Stamp]state.Set {
	m := map[state.Stamp]state.Set{}
	for _, s := range sets {
		m[s.Stamp] = s
	}
	return m
}
