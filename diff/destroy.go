package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// DestroyRule is the rule of a delete that only -destroy asked for.
const DestroyRule = "destroy"

// planDestroy plans the end of what -destroy names, whatever retention would say
// and whoever the VM belongs to. Only what is ours goes: whole sets that are as
// they were published, and what is in staging.
func (c *chain) planDestroy() {
	c.rule, c.policy = "", state.Policy{}
	c.emptyTrash()
	var goes going
	for _, s := range slices.Backward(c.slots) {
		switch why := c.spared(s); {
		case why != "":
			c.spare(s, why)
		case s.remote != nil:
			s.keep, s.reasons = false, destroyed()
			goes.final = append(goes.final, s)
			c.dropCopy(s)
		case s.staged != nil && s.staged.Set.State == state.Complete:
			s.reasons = destroyed()
			goes.staged = append(goes.staged, s)
		case s.staged != nil && s.staged.AtFinal():
			c.abandon(s.staged)
		case s.staged != nil:
			c.cleanup(s.key, StagingCleanup, s.staged.Path, s.staged.Files, Step{Op: OpPurge})
		}
	}
	c.addDeletes(goes)
}

// dropCopy plans the end of what is staged of a set beside its final name: a
// later plan would publish it.
func (c *chain) dropCopy(s *slot) {
	if s.staged != nil && !s.staged.AtFinal() && !s.outgoing() && c.usable(s.staged.Path, s.staged.Files) && c.certain(s.staged) {
		c.cleanup(s.key, StagingCleanup, s.staged.Path, s.staged.Files, Step{Op: OpPurge})
	}
}

func destroyed() []Reason {
	return []Reason{{Rule: DestroyRule, Code: DestroyRule, Text: "-destroy names it"}}
}

// spared says why a set does not go; "" if it does, or there is none.
func (c *chain) spared(s *slot) string {
	s.mode = ""
	whole := s.remote != nil && s.state == state.Complete
	switch {
	case !c.w.Options.selects(c.address(s.key)):
		return "-destroy does not name it"
	case s.remote == nil && s.staged == nil:
		return ""
	case c.blind || c.clouded():
		return "nothing is deleted while a set of this VM is not known"
	case s.remote != nil && !whole && !s.outgoing():
		return "its state is " + string(s.state) + ", and -destroy takes only what is complete"
	case whole && c.contested(s):
		return "a source holds it otherwise, or cannot be read for this VM"
	case s.remote == nil && !(c.usable(s.staged.Path, s.staged.Files) && c.certain(s.staged)):
		return "its names are not usable"
	case s.remote == nil && c.held != "":
		return c.held
	case s.remote != nil && !c.mayGo(s):
		return s.reasons[0].Text
	}
	return ""
}

// contested tells whether any source, also one that does not send the VM here,
// may hold another set of the same address.
func (c *chain) contested(s *slot) bool {
	return slices.ContainsFunc(c.w.Spec.Sources, func(src state.Source) bool {
		inv := c.w.Inventories[src.Name]
		local, ok := inv.Find(s.key)
		return !c.w.readable(src.Name) || unknownVM(inv, c.vm) != "" || ok && local.State == state.Complete && !state.SameContent(s.compared(src.Ignore), local.Files)
	})
}

func (c *chain) spare(s *slot, why string) {
	c.retain(s, DestroyRule, why)
	s.held = true
	if s.remote != nil && c.w.Options.selects(c.address(s.key)) {
		c.note("not-destroyed", *s.remote, why)
	}
}

// destroyNotice says what such a plan does without.
func (w *world) destroyNotice() []Notice {
	if !w.Options.Destroy {
		return nil
	}
	return []Notice{newNotice(DestroyRule, "", "-destroy: what -target names is destroyed, the last sets of a VM too. min_keep is 0 there, and the guard is off. "+
		"What a source still holds is uploaded again by a plan without -destroy.")}
}
