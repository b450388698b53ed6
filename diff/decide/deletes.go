package decide

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state/retention"
)

// refusal is why a set may not be deleted, and the rule that says so.
type refusal struct {
	rule, text string
	name       error // what is wrong with its names
}

func (r *refusal) Error() string { return r.text }

// mayDelete returns why a set at its final name may not be deleted; nil if it may.
func mayDelete(g *Group, d Decision) *refusal {
	switch {
	case g.Rule != "":
		return &refusal{rule: g.Rule, text: g.Rule}
	case g.Held != nil:
		return &refusal{rule: HeldRule, text: g.Held.Error()}
	case g.ReplacedInTrash(d.Key):
		return &refusal{rule: HeldRule, text: "the set that it replaced is still in trash and would be moved back"}
	case g.InPlace() && d.Staged != nil && !d.BeingDeleted():
		return &refusal{rule: HeldRule, text: "its leftover in staging is cleaned up first"}
	}
	if by := g.NeededBy(*d.Remote); by != "" {
		return &refusal{rule: HeldRule, text: by + " holds it damaged, and no source holds it"}
	}
	if err := observe.CheckFits(&g.Group, d.Key, d.Remote.Files); err != nil {
		return &refusal{rule: "name", text: "its names cannot be used", name: err}
	}
	return nil
}

// refuseDelete keeps a set for that reason.
func refuseDelete(g *Group, d *Decision, why *refusal) {
	if why.name != nil {
		g.note(g.Note(&notice.OddName, *d.Remote, observe.Hinted(why.name)))
	}
	*d = stay(*d, Keep, why.rule, why.text)
}

// deleteUnwanted deletes the counted sets that retention does not keep, and those whose
// deletion is not finished. At least min_keep counted sets stay, whatever was decided.
func deleteUnwanted(g *Group) {
	counted := g.count(Decision.Counts)
	spare := max(counted-g.Policy.MinKeep, 0)
	atLeast := &refusal{rule: "min_keep", text: fmt.Sprintf("min_keep %d", g.Policy.MinKeep)}
	n := 0
	for i := len(g.Decisions) - 1; i >= 0; i-- { // oldest first
		d := &g.Decisions[i]
		if !d.Counted() || d.Disposition.Stays() {
			continue
		}
		switch why := mayDelete(g, *d); {
		case why != nil:
			refuseDelete(g, d, why)
		case n == spare:
			refuseDelete(g, d, atLeast)
		default:
			d.Disposition = Delete
			n++
		}
	}
	for i := len(g.Decisions) - 1; i >= 0; i-- {
		d := &g.Decisions[i]
		if !d.BeingDeleted() {
			continue
		}
		d.Disposition, d.Reasons = Delete, []retention.Reason{{Rule: "begun", Code: "begun", Text: "its deletion is not finished"}}
		switch why := mayDelete(g, *d); {
		case why != nil:
			refuseDelete(g, d, why)
		case g.HasUnknown():
			refuseDelete(g, d, &refusal{rule: HeldRule, text: "nothing is deleted while the state of a set of this VM is not known"})
		case counted-n < g.Policy.MinKeep:
			refuseDelete(g, d, atLeast)
		}
	}
}

// deleteStaged deletes the complete sets in staging that no rule keeps.
func deleteStaged(g *Group) {
	for i := range g.Decisions {
		d := &g.Decisions[i]
		switch {
		case d.Way != observe.ByPublish || d.Wish != WantsDeleted:
		case g.Rule != "" || g.Held != nil || !usable(g, d.Staged.Path, d.Staged.Files):
			d.Disposition = Hold
		default:
			d.Disposition = Delete
		}
	}
}
