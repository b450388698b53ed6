package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// deletions are the sets to delete, oldest first: those at their final names, and
// those that are complete, but in staging only.
type deletions struct{ final, staged []*candidate }

func (g deletions) any(is func(*candidate) bool) bool {
	return slices.ContainsFunc(g.final, is) || slices.ContainsFunc(g.staged, is)
}

// deletableStaged are the complete sets in staging that no rule keeps, oldest first.
func (c *group) deletableStaged() (unwanted []*candidate) {
	for _, s := range slices.Backward(c.candidates) {
		switch {
		case s.mode != Publish || s.keep:
		case c.rule != "" || c.held != "" || !c.usable(s.staged.Path, s.staged.Files):
			s.keep, s.held = true, true
		default:
			unwanted = append(unwanted, s)
		}
	}
	return unwanted
}

// addDeletes plans the deletes, oldest first.
func (c *group) addDeletes(goes deletions) {
	if len(goes.final) > 0 {
		c.planDeletes(goes.final)
	}
	for _, s := range goes.staged {
		s.deleted = true
		c.dropStaged(s)
	}
	for _, changes := range [][]Change{c.early, c.deletes} {
		slices.SortStableFunc(changes, func(a, b Change) int { return strings.Compare(a.Address, b.Address) })
	}
}

// deletable are the counted sets at final names to delete, and those whose deletion is
// not finished, oldest first. At least min_keep counted sets stay, whatever was decided.
func (c *group) deletable() []*candidate {
	var deletes []*candidate
	for _, s := range slices.Backward(c.candidates) {
		if s.counted() && !s.keep && c.mayDelete(s) {
			deletes = append(deletes, s)
		}
	}
	counted := c.count((*candidate).counts)
	spare := max(counted-c.policy.MinKeep, 0)
	for len(deletes) > spare {
		last := deletes[len(deletes)-1]
		c.retain(last, "min_keep", fmt.Sprintf("min_keep %d", c.policy.MinKeep))
		deletes = deletes[:len(deletes)-1]
	}
	deletes = append(deletes, c.unfinishedDeletes(counted-len(deletes))...)
	slices.SortFunc(deletes, func(a, b *candidate) int { return a.key.Compare(b.key) })
	return deletes
}

// unfinishedDeletes are the sets whose deletion in place was begun and may be finished: without
// them, min_keep sets must still count.
func (c *group) unfinishedDeletes(left int) []*candidate {
	var begun []*candidate
	for _, s := range slices.Backward(c.candidates) {
		if !s.beingDeleted() {
			continue
		}
		s.keep, s.reasons = false, []retention.Reason{{Rule: "begun", Code: "begun", Text: "its deletion is not finished"}}
		switch {
		case !c.mayDelete(s):
		case c.hasUnknown():
			c.retain(s, heldRule, "nothing is deleted while the state of a set of this VM is not known")
		case left < c.policy.MinKeep:
			c.retain(s, "min_keep", fmt.Sprintf("min_keep %d", c.policy.MinKeep))
		default:
			begun = append(begun, s)
		}
	}
	return begun
}

// hasUnknown reports whether the state of a set of the group is not known.
func (c *group) hasUnknown() bool {
	return c.partial || slices.ContainsFunc(c.candidates, func(s *candidate) bool { return s.state == state.Unknown })
}

// mayDelete reports whether a set may be deleted. It keeps a set whose group is held, or
// whose names cannot be moved.
func (c *group) mayDelete(s *candidate) bool {
	switch {
	case c.rule != "":
		c.retain(s, c.rule, c.rule)
	case c.held != "":
		c.retain(s, heldRule, c.held)
	case c.replaced(s.key):
		c.retain(s, heldRule, "the set that it replaced is still in trash and would be moved back")
	case c.inPlace() && s.staged != nil && !s.beingDeleted():
		c.retain(s, heldRule, "its leftover in staging is cleaned up first")
	default:
		if err := c.fits(s.key, s.remote.Files); err != nil {
			c.note(&notice.OddName, *s.remote, unfit(err))
			c.retain(s, "name", "its names cannot be used")
		}
	}
	return !s.keep
}

func (c *group) retain(s *candidate, rule, text string) {
	s.keep, s.reasons = true, []retention.Reason{c.kept(rule, text)}
}

func (c *group) count(in func(*candidate) bool) (n int) {
	for _, s := range c.candidates {
		if in(s) {
			n++
		}
	}
	return n
}

func (c *group) remove(s *candidate, trash Step) Change {
	b := &steps{address: c.address(s.key)}
	if c.inPlace() || s.beingDeleted() {
		c.removeInPlace(b, s, trash)
	} else {
		trash.Op, trash.From, trash.To = OpTrash, s.remote.Path, c.work.Deleted(s.key, RunPlaceholder)
		id := b.add(trash)
		if c.dest.TrashKeep == 0 {
			b.add(Step{Op: OpPurge, From: trash.To, Needs: []string{id}})
		}
	}
	return Change{
		Address: b.address, Action: Delete, Mode: Remove, Policy: c.policy.Name, Path: s.remote.Path,
		Reasons: s.reasons, Files: listed(s.remote.Files), Bytes: s.remote.Bytes(), Steps: b.list,
	}
}

// removeInPlace has a claim written before the first file is deleted.
func (c *group) removeInPlace(b *steps, s *candidate, condemn Step) {
	condemn.Op, condemn.From, condemn.To = OpCondemn, s.remote.Path, c.work.Claim(s.key)
	id := b.add(condemn)
	id = b.add(Step{Op: OpPurge, From: s.remote.Path, Needs: []string{id}})
	b.add(Step{Op: OpRelease, From: c.work.Staged(s.key), Needs: []string{id}})
}

// dropStaged deletes a set that is whole, but in staging only. Its files are
// all that is in its staged folder. It is not counted, so it may be deleted before the
// uploads.
func (c *group) dropStaged(s *candidate) {
	b := &steps{address: c.address(s.key)}
	b.add(Step{Op: OpPurge, From: s.staged.Path})
	change := Change{
		Address: b.address, Action: Delete, Mode: Remove, Policy: c.policy.Name, Path: s.staged.Path,
		Reasons: s.reasons, Files: listed(s.staged.Files), Bytes: s.staged.Bytes(), Steps: b.list,
	}
	if change.Early = c.makesRoom(); change.Early {
		c.early = append(c.early, change)
		return
	}
	c.deletes = append(c.deletes, change)
}
