package notice

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/state/wording"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/state"
)

// AndAgain stands behind the command that makes room for a local set.
const AndAgain = ", then a new plan"

// sets is "14 sets of 3 VMs are".
func (t *Tally) sets() string {
	return fmt.Sprintf("%s of %s %s", wording.Count(t.Items, "set"), wording.Count(len(t.VMs), "VM"), wording.Are(t.Items))
}

// again is the command that sends the first set again.
func (t *Tally) again() string {
	return cmp.Or(t.First.Again, "vmxsync plan -replace="+t.address()+" -out=plan.out")
}

// mend is the way out for a damaged set.
func (t *Tally) mend() string {
	destroy := "vmxsync plan -destroy -target=" + t.address() + " -out=plan.out"
	if t.again() == destroy+AndAgain {
		return "Delete one, with " + destroy + "; what the source still holds is sent again."
	}
	return "Send one again that the source still holds, with " + t.again() + ", or delete it, with " + destroy + "."
}

// address is that of the first set, as a flag takes it.
func (t *Tally) address() string {
	return flags.Quoted(t.First.Place + "/" + t.First.Item)
}

func (t *Tally) local() string { return wording.CountIs(t.Items, "local set") }

// Whose is "2 VMs (Bart, Lisa)".
func (t *Tally) Whose() string {
	if t.VMs[state.AnyVM] {
		return "all VMs"
	}
	vms := slices.Sorted(maps.Keys(t.VMs))
	names := strings.Join(vms[:min(shown, len(vms))], ", ")
	if len(vms) > shown {
		names += fmt.Sprintf(" and %d more", len(vms)-shown)
	}
	return fmt.Sprintf("%s (%s)", wording.Count(len(vms), "VM"), names)
}

// accept is what -accept is to be given for all of them.
func (t *Tally) accept() string {
	switch {
	case t.Items == 1:
		return t.First.Place + "/" + t.First.Item
	case len(t.VMs) == 1:
		return t.First.Place + "/" + t.First.VM
	}
	return t.First.Place + "/*"
}

// Each names the first few with their reasons: "Bart/2026-…: it holds no bytes; 2 more."
func (t *Tally) Each() string {
	var parts []string
	for _, n := range t.Shown {
		parts = append(parts, n.Item+": "+strings.TrimSuffix(n.Why, "."))
	}
	if more := t.Items - len(t.Shown); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, "; ") + "."
}

// also are the sentences of those that are shown, each once.
func (t *Tally) also() string {
	var all []string
	for _, n := range t.Shown {
		if !slices.Contains(all, n.Also) {
			all = append(all, n.Also)
		}
	}
	return strings.Join(all, "")
}

func (t *Tally) reason() string {
	if t.First.Why == "" {
		return ""
	}
	return strings.TrimSuffix(t.First.Why, ".") + "."
}

// sentence ends a text that has no end.
func sentence(text string) string {
	if strings.HasSuffix(text, "?") {
		return text
	}
	return strings.TrimSuffix(text, ".") + "."
}

// misplaced is the end of a sentence about displaced sets.
func misplaced(t *Tally) string {
	return wording.Pick(t.Items, "not where it was uploaded", "not where they were uploaded")
}
