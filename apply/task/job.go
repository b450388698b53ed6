package task

import (
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// Job is what a run of steps is for: a change, a cleanup, or the claiming of a root. It
// holds what the plan says of it, and does not change.
type Job struct {
	Address  string
	Place    diff.Place
	Key      state.Key             // of a change; of a cleanup, at most the VM
	Change   diff.Change           // zero for a cleanup or a root
	Files    map[string]state.File // those of the change, by path
	Named    []state.File          // what a purge may remove
	Ignore   []string              // globs of the source
	Steps    []diff.Step           // in their order, with the run id
	Seen     bool                  // the plan saw a set of this key
	Observed diff.ObservedSet      // that set

	first map[diff.Op]int // index of the first step of each op; nil: not known
}

// Indexed is the job with an index of its steps: a set may have many files, and each of them
// asks for other steps.
func (j Job) Indexed() Job {
	j.first = map[diff.Op]int{}
	for i, s := range slices.Backward(j.Steps) {
		j.first[s.Op] = i
	}
	return j
}

// Scope names the chain that the job belongs to.
func (j Job) Scope() string { return state.Scope(j.Place.Name, j.Key.VM) }

// First returns the first step of that op.
func (j Job) First(op diff.Op) (diff.Step, bool) {
	if j.first != nil {
		i, ok := j.first[op]
		if !ok {
			return diff.Step{}, false
		}
		return j.Steps[i], true
	}
	i := slices.IndexFunc(j.Steps, func(s diff.Step) bool { return s.Op == op })
	if i < 0 {
		return diff.Step{}, false
	}
	return j.Steps[i], true
}

// Has reports whether the job has a step of that op.
func (j Job) Has(op diff.Op) bool { _, ok := j.First(op); return ok }

// Deletes reports whether the job deletes a set, whatever the action of the change is.
func (j Job) Deletes() bool {
	return j.Change.Action == diff.Delete || j.Has(diff.OpTrash) || j.Has(diff.OpMarkDelete)
}

// Deletion returns the step after which a set no longer counts.
func (j Job) Deletion() (diff.Step, bool) {
	if s, ok := j.First(diff.OpTrash); ok {
		return s, true
	}
	return j.First(diff.OpMarkDelete)
}

// Rank orders the jobs of a chain: deletes come last, except those that the plan
// schedules early to make room.
func (j Job) Rank() int {
	switch {
	case j.Change.Early:
		return 0
	case j.Deletes():
		return 2
	}
	return 1
}

// Final is the final name of the set of a change.
func (j Job) Final() string { return j.Place.Layout.Path(j.Key) }

// StagedKey is the key of the set of a staged folder; false if p is not a staged
// folder.
func (j Job) StagedKey(p string) (state.Key, bool) {
	k, err := state.ParseDecorated(path.Base(p))
	return k, err == nil && p == j.Place.WorkDir.Staged(k)
}

// AsSeen reports whether a set is the one that the plan saw and knew.
func (j Job) AsSeen(is state.Set) bool {
	return j.Seen && j.Observed.State != state.Unknown && SameSet(j.Observed, is)
}

// AsNamed returns a function that reports whether the plan names a file with this size;
// a manifest and block sums are always ours.
func (j Job) AsNamed() func(state.File) bool {
	sizes := map[string]int64{}
	for _, f := range j.Named {
		sizes[f.Path] = f.Size
	}
	return func(f state.File) bool {
		size, ok := sizes[f.Path]
		return ok && size == f.Size || state.IsOurs(f.Path)
	}
}

// AsStaged returns a function that reports whether a file in the staged folder is one of
// the upload.
func (j Job) AsStaged() func(state.File) bool {
	ours := map[string]bool{
		state.StagedClaim: true, state.StagedManifest: true,
		path.Join(state.StagedSet, state.ManifestName): true, path.Join(state.StagedSet, state.BlocksName): true,
	}
	for _, f := range j.Change.Files {
		ours[path.Join(state.StagedSet, f.Path)] = true
	}
	return func(f state.File) bool { return ours[f.Path] }
}

func (j Job) InWorkDir(dir string) bool {
	return strings.HasPrefix(dir, string(j.Place.WorkDir)+"/")
}
