package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// DestroyRule is the rule of a delete that only -destroy asked for.
const DestroyRule = "destroy"

// planDestroy deletes what -destroy selects, whatever retention would decide and
// whichever backup the VM belongs to. Only our own sets are deleted: complete ones that
// are as they were published, and what is in staging; a set that is damaged, suspicious,
// or differs from the local one only where its full address is given.
func (c *group) planDestroy() {
	c.rule, c.policy = "", state.Policy{}
	c.emptyTrash()
	var goes deletions
	for _, s := range slices.Backward(c.candidates) {
		switch why := c.whyNotDestroyed(s); {
		case why != "":
			c.keepFromDestroy(s, why)
		case s.remote != nil:
			s.keep, s.reasons = false, c.destroyed(s)
			goes.final = append(goes.final, s)
			c.dropCopy(s)
		case s.staged != nil && s.staged.Set.State == state.Complete:
			s.reasons = c.destroyed(s)
			goes.staged = append(goes.staged, s)
		case s.staged != nil && s.staged.AtFinal():
			c.cleanInPlace(s.staged)
		case s.staged != nil:
			c.cleanup(s.key, StagingCleanup, s.staged.Path, s.staged.Files)
		}
	}
	c.addDeletes(goes)
}

// dropCopy deletes what is staged of a set beside its final name: a later plan would
// publish it.
func (c *group) dropCopy(s *candidate) {
	if s.staged != nil && !s.staged.AtFinal() && !s.beingDeleted() && c.usable(s.staged.Path, s.staged.Files) && c.certain(s.staged) {
		c.cleanup(s.key, StagingCleanup, s.staged.Path, s.staged.Files)
	}
}

func (c *group) destroyed(s *candidate) []Reason {
	if s.remote != nil && broken(s.state) {
		return []Reason{{Rule: DestroyRule, Code: string(s.state), Text: "selected by -destroy, with its full address: it " + s.trouble()}}
	}
	return []Reason{{Rule: DestroyRule, Code: DestroyRule, Text: "selected by -destroy"}}
}

// brokenText is what is wrong with our own sets that no rule may count.
var brokenText = map[state.State]string{
	state.Damaged: "is damaged", state.Differs: "differs from the local set", state.Suspicious: "is suspicious",
}

func broken(s state.State) bool { return brokenText[s] != "" }

// trouble is what is wrong with a broken set, with the reason if it is suspicious.
func (s *candidate) trouble() string {
	if s.state == state.Suspicious {
		return brokenText[s.state] + " (" + s.suspect + ")"
	}
	return brokenText[s.state]
}

// InFull reports whether -destroy names an address as it is, and by no pattern.
func (o Options) InFull(address string) bool { return o.Destroy && slices.Contains(o.Target, address) }

// stateRefusal returns why a set that does not count must not be destroyed; "" where its
// full address is given, and all that it contains can be deleted.
func (c *group) stateRefusal(s *candidate) string {
	address := c.address(s.key)
	switch {
	case !broken(s.state):
		return "its state is " + string(s.state) + ", and -destroy deletes only sets that vmxsync has put there"
	case !c.w.Options.InFull(address):
		return "it " + s.trouble() + ": to destroy it anyway, give its full address: -target=" + address
	case s.remote.Odd:
		return "it contains something that vmxsync never deletes: " + s.remote.Problem
	case c.mayLead(s):
		return "it, or a folder in it, may be a link to the files of another set"
	}
	return ""
}

// whyNotDestroyed returns why a set is not deleted; "" if it is, or does not exist.
func (c *group) whyNotDestroyed(s *candidate) string {
	s.mode = ""
	whole := s.remote != nil && s.state == state.Complete
	ours := whole || s.remote != nil && s.state == state.Suspicious
	switch {
	case !c.w.Options.Selects(c.address(s.key)):
		return "it is not selected by -destroy"
	case s.remote == nil && s.staged == nil:
		return ""
	case c.unknown || c.hasUnknown():
		return "nothing is deleted while the state of a set of this VM is not known"
	case s.remote != nil && !whole && !s.beingDeleted() && c.stateRefusal(s) != "":
		return c.stateRefusal(s)
	case ours && c.differsAtSource(s):
		return "a source holds another version of it, or cannot be read for this VM"
	case s.remote == nil && !(c.usable(s.staged.Path, s.staged.Files) && c.certain(s.staged)):
		return "its names cannot be used"
	case s.remote == nil && c.held != "":
		return c.held
	case s.remote != nil && !c.mayDelete(s):
		return s.reasons[0].Text
	}
	return ""
}

// differsAtSource reports whether any source, also one that does not send the VM here,
// may hold another set of the same address.
func (c *group) differsAtSource(s *candidate) bool {
	return slices.ContainsFunc(c.w.Spec.Sources, func(src state.Source) bool {
		inv := c.w.Inventories[src.Name]
		local, ok := inv.Find(s.key)
		return !c.w.readable(src.Name) || whyUnknown(inv, c.vm) != "" || ok && local.State == state.Complete && !state.SameContent(s.compared(src.Ignore), local.Files)
	})
}

func (c *group) keepFromDestroy(s *candidate, why string) {
	c.retain(s, DestroyRule, why)
	s.held = true
	if s.remote != nil && c.w.Options.Selects(c.address(s.key)) {
		c.note("not-destroyed", *s.remote, why)
	}
}

// destroyNotice reports which protections a plan with -destroy does without.
func (w *planner) destroyNotice() []Notice {
	if !w.Options.Destroy {
		return nil
	}
	return []Notice{newNotice(DestroyRule, "", "-destroy: all sets selected by -target are destroyed, including the last ones of a VM. min_keep is 0 for them, and the guard is off. "+
		"A plan without -destroy uploads again what a source still holds.")}
}
