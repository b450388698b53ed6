package diff

import (
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// The kinds of cleanups.
const (
	StagingCleanup = "staging"
	InPlaceCleanup = "in_place" // an upload in place, and its claim in staging
	TrashCleanup   = "trash"
	ReturnCleanup  = "return"
)

// replacedFor is how long a set that was replaced stays in trash at least.
const replacedFor = 7 * 24 * time.Hour

// runTime is how run ids begin: 20261122T233212Z-6f1c0e8a2b9d.
const runTime = "20060102T150405Z"

// RunTime reads the time at which the run of that id began.
func RunTime(run string) (time.Time, bool) {
	if len(run) < len(runTime) {
		return time.Time{}, false
	}
	t, err := time.Parse(runTime, run[:len(runTime)])
	return t, err == nil
}

// emptyTrash plans what is done with the trash of the group. It comes after the
// creates, which decide on names that are absent now, and before the deletes,
// which wait for a later plan where a set is moved back from trash.
func (c *group) emptyTrash() {
	back := map[state.Stamp]bool{}
	for _, t := range slices.Backward(c.trash) { // the newest run of a set first
		if !c.usable(t.Path, t.Files) {
			continue
		}
		switch {
		case len(t.Stuck) > 0:
			c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Stuck, VM: c.vm, Item: t.Path, Why: t.Stuck[0]})
		case !t.Replaced && c.staysInTrash(t):
			c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Trash, VM: c.vm, Item: t.Path, Bytes: t.Bytes(), Why: providers.Duration(c.dest.TrashKeep).String()})
		case !t.Replaced:
			c.cleanup(t.Key, TrashCleanup, t.Path, t.Files, Step{Op: OpPurge})
		case c.missing(t.Key) && !back[t.Stamp]:
			back[t.Stamp] = true
			c.moveBack(t)
		case c.replacedIsObsolete(t):
			c.cleanup(t.Key, TrashCleanup, t.Path, t.Files, Step{Op: OpPurge})
		}
	}
}

func (c *group) moveBack(t state.Trashed) {
	if c.held == "" {
		c.held = "nothing is deleted while a replaced set is moved back from trash"
	}
	c.cleanup(t.Key, ReturnCleanup, t.Path, t.Files, Step{Op: OpReturn, To: c.dest.Layout.Path(t.Key)})
}

// staysInTrash reports whether a deleted set has not been in trash for long enough. Where
// trash is kept, a set of unknown age stays, and beside a suspicious set or an
// overwritten source all of them stay: they may be the last good ones.
func (c *group) staysInTrash(t state.Trashed) bool {
	at, ok := RunTime(t.Run)
	return c.dest.TrashKeep > 0 && (!ok || c.w.Now.Sub(at) < c.dest.TrashKeep || len(c.suspects) > 0 || c.overwritten)
}

// missing reports whether the final name is known to be absent, and stays so.
func (c *group) missing(k state.Key) bool {
	s := c.candidate(k)
	return !c.unknown && (s == nil || s.remote == nil && !s.changed)
}

// replacedIsObsolete reports whether a replaced set is no longer of any use.
func (c *group) replacedIsObsolete(t state.Trashed) bool {
	at, ok := RunTime(t.Run)
	s := c.candidate(t.Key)
	return ok && c.w.Now.Sub(at) > replacedFor && s != nil && s.remote != nil && s.state == state.Complete
}

// replaced reports whether trash holds the set that the one of that key replaced.
func (c *group) replaced(k state.Key) bool {
	return slices.ContainsFunc(c.trash, func(t state.Trashed) bool { return t.Replaced && t.Key == k })
}

func (c *group) candidate(k state.Key) *candidate {
	i, ok := slices.BinarySearchFunc(c.candidates, k, func(s *candidate, k state.Key) int { return k.Compare(s.key) })
	if !ok {
		return nil
	}
	return c.candidates[i]
}

// cleanStaging plans the cleanup of staged folders that no change uses.
func (c *group) cleanStaging() {
	if c.unknown || c.rule == unassignedRule {
		return
	}
	for _, s := range slices.Backward(c.candidates) {
		switch {
		case s.excluded:
			c.keepExcluded(s)
		case s.stranded():
			c.note(&notice.Stranded, s.staged.Set, "")
			c.keep(s, state.Incomplete, c.kept(string(state.Incomplete), "whole in staging"))
		case !s.stagedIsUseless() || !c.usable(s.staged.Path, s.staged.Files) || !c.certain(s.staged):
		case s.start() && s.keep:
			c.keep(s, state.Incomplete, s.reasons...)
		case s.staged.AtFinal():
			c.cleanInPlace(s.staged)
		default:
			c.cleanup(s.key, StagingCleanup, s.staged.Path, s.staged.Files, Step{Op: OpPurge, Needs: c.markOf(s)})
		}
	}
}

// keepExcluded keeps a started upload for a later plan that resumes it.
func (c *group) keepExcluded(s *candidate) {
	if s.remote == nil && s.mode != Upload {
		c.keep(s, state.Incomplete, c.kept(heldRule, "-target or -exclude leaves out the rest"))
	}
}

// cleanInPlace plans to clean up an upload in place. A file that its claim does not name
// is not ours, and makes the apply fail.
func (c *group) cleanInPlace(staged *state.Staged) {
	var ours []state.File
	for _, f := range staged.Set.Files {
		if staged.Claim.Names(f) {
			ours = append(ours, f)
		}
	}
	if c.usable(staged.Set.Path, ours) {
		c.cleanup(staged.Key, InPlaceCleanup, staged.Path, ours, Step{Op: OpAbandon, To: staged.Set.Path, Expect: staged.Claim.Digest()})
	}
}

// stagedIsUseless reports whether the staged folder is of no use to this plan, and to
// no later one that knows more.
func (s *candidate) stagedIsUseless() bool {
	switch {
	case s.start():
		return true
	case s.staged == nil || s.held, s.deleted && s.remote == nil, s.beingDeleted():
		return false
	case s.changed:
		return s.mode == Adopt || s.inTheWay()
	case s.staged.Set.State == state.Complete && !s.deleted:
		return s.proven()
	}
	return s.state != state.Unknown
}

// proven reports whether the final name holds the set whole, beyond what a
// listing shows: only then is a whole staged copy of it of no use.
func (s *candidate) proven() bool {
	return s.remote != nil && s.state == state.Complete && s.remote.Manifest != nil
}

// start reports whether there is nothing of the set but a begun upload.
func (s *candidate) start() bool {
	return s.state == state.Incomplete && s.staged != nil && len(s.staged.Set.Files) > 0
}

// markOf is the step that writes into the staged folder, if one does.
func (c *group) markOf(s *candidate) []string {
	if !s.changed {
		return nil
	}
	return []string{c.address(s.key) + "#" + string(OpMark)}
}

// leftover is a cleanup of what is left of a set.
type leftover struct {
	Cleanup
	key state.Key
}

func (c *group) cleanup(k state.Key, kind, path string, content []state.File, s Step) {
	s.ID = c.dest.Name + ":" + path + "#" + string(s.Op)
	s.From = path
	c.cleanups = append(c.cleanups, leftover{Cleanup{
		Place: c.dest.Name, Kind: kind, Path: path, VM: c.vm,
		Files: listed(content), Bytes: state.TotalBytes(content), Steps: []Step{s},
	}, k})
}

// certain reports and refuses a staged folder in which a folder may be a link to the
// files of another set, where the destination does not show links.
func (c *group) certain(staged *state.Staged) bool {
	if !c.w.Inventories[c.dest.Name].LinksHidden {
		return true
	}
	i := slices.IndexFunc(staged.Files, func(f state.File) bool { return !staged.Ours(f) })
	if i < 0 {
		return true
	}
	c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.OddName, VM: c.vm, Item: staged.Path,
		Why: fmt.Sprintf("%s in it may lie behind a link, and no claim lists it: delete it by hand", staged.Files[i].Path)})
	return false
}

// usable reports and refuses a folder with names that cannot be sent.
func (c *group) usable(dir string, content []state.File) bool {
	err := checkPaths(dir, content)
	if err != nil {
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.OddName, VM: c.vm, Item: dir, Why: err.Error()})
	}
	return err == nil
}

func checkPaths(dir string, content []state.File) error {
	if err := providers.CheckPath(dir); err != nil {
		return err
	}
	for _, f := range content {
		if err := providers.CheckPath(dir + "/" + f.Path); err != nil {
			return err
		}
	}
	return nil
}
