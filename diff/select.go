package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state"
)

// selective reports whether flags leave changes out of the plan.
func (o Options) selective() bool { return len(o.Target)+len(o.Exclude) > 0 }

// Selects reports whether the flags let a change of that address into the plan.
func (o Options) Selects(address string) bool {
	all := len(o.Target) == 0 && !o.Destroy
	return (all || o.names(o.Target, address)) && !o.names(o.Exclude, address)
}

// applySelection leaves out what -target and -exclude do not select, after retention has
// decided on the whole group. A delete depends on all uploads to its group: it
// adds them to the plan, and where one is excluded, the delete is left out too.
func (c *group) applySelection(goes deletions) deletions {
	o := c.w.Options
	if !o.selective() {
		return goes
	}
	in := func(s *candidate) bool { return o.Selects(c.address(s.key)) }
	out := func(s *candidate) bool { return s.changed && o.names(o.Exclude, c.address(s.key)) }
	brings := goes.any(in) && !slices.ContainsFunc(c.candidates, out)
	for _, s := range c.candidates {
		switch {
		case !s.changed || in(s):
		case brings:
			c.w.selection.added++
		default:
			s.changed, s.excluded, c.uploadExcluded = false, true, true
			c.w.exclude(c.address(s.key))
		}
	}
	return deletions{c.selectDeletes(goes.final, in), c.selectDeletes(goes.staged, in)}
}

// selectDeletes are the sets that are still deleted; the others stay, with the reason.
func (c *group) selectDeletes(goes []*candidate, in func(*candidate) bool) (chosen []*candidate) {
	for _, s := range goes {
		switch {
		case !in(s):
			c.w.exclude(c.address(s.key))
		case c.uploadExcluded:
			c.w.exclude(c.address(s.key))
			c.note("rests", state.Set{Key: s.key}, "")
		default:
			chosen = append(chosen, s)
			continue
		}
		c.retain(s, heldRule, "-target or -exclude leaves out its delete")
		s.held, s.deleteExcluded = true, true
	}
	return chosen
}

// selectsCleanup reports whether a leftover is cleaned up: one that is selected, or
// blocks an upload.
func (c *group) selectsCleanup(x leftover) bool {
	s := c.candidate(x.key)
	return c.w.Options.Selects(c.address(x.key)) || s != nil && s.changed
}

// selection is what -target and -exclude have done to the plan.
type selection struct {
	excluded []string // addresses of changes that are left out
	added    int      // uploads that are in it only because deletes depend on them
}

func (w *planner) exclude(address string) {
	w.selection.excluded = append(w.selection.excluded, address)
}

// selectionNotice reports that the plan may be only a part.
func (w *planner) selectionNotice() []Notice {
	o := w.Options
	if !o.selective() || o.Destroy {
		return nil
	}
	var flags []string
	if len(o.Target) > 0 {
		flags = append(flags, "-target")
	}
	if len(o.Exclude) > 0 {
		flags = append(flags, "-exclude")
	}
	text := strings.Join(flags, " and ") + ": this plan may be only a part of what the configuration wants. "
	if n := len(w.selection.excluded); n == 0 {
		text += "Nothing was left out this time."
	} else {
		slices.Sort(w.selection.excluded)
		text += fmt.Sprintf("Left out: %s (%s).", count(n, "change"), w.selection.excluded[0])
	}
	if n := w.selection.added; n > 0 {
		text += fmt.Sprintf(" Added: %s that its deletes depend on.", count(n, "upload"))
	}
	return []Notice{newNotice("target", "", strings.ToValidUTF8(text, "\ufffd"))}
}
