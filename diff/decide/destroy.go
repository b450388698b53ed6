package decide

import (
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

// DestroyRule is the rule of a delete that only -destroy asked for.
const DestroyRule = "destroy"

// forDestroy lets no rule decide, and no set come to count.
func forDestroy(g *Group) {
	g.Rule, g.Policy = "", config.Policy{}
	for i := range g.Decisions {
		g.Decisions[i].Way = ""
	}
}

// destroy deletes what -destroy selects, whatever retention would decide and
// whichever backup the VM belongs to. Only our own sets are deleted: complete ones that
// are as they were published, and what is in staging; a set that is damaged, suspicious,
// or differs from the local one only where its full address is given.
func destroy(g *Group) {
	for i := len(g.Decisions) - 1; i >= 0; i-- {
		d := &g.Decisions[i]
		if err := checkDestroy(g, *d); err != nil {
			if d.Remote != nil && g.World.Flags.Selects(g.Address(d.Key)) {
				g.note(g.Note(&notice.NotDestroyed, *d.Remote, err.Error()))
			}
			*d = stay(*d, Hold, DestroyRule, err.Error())
			continue
		}
		switch {
		case d.Remote != nil:
			d.Disposition, d.Reasons = Delete, destroyed(*d)
			discardCopy(g, *d)
		case d.Staged != nil && d.Staged.Set.State == state.Complete:
			d.Disposition, d.Reasons = Delete, destroyed(*d)
		case d.Staged != nil:
			d.Disposition = Discard
			discardStaged(g, d.Candidate)
		}
	}
}

// discardCopy cleans up what is staged of a set beside its final name: a later plan would
// publish it.
func discardCopy(g *Group, d Decision) {
	if d.Staged != nil && !d.Staged.AtFinal() && !d.BeingDeleted() && usable(g, d.Staged.Path, d.Staged.Files) && certain(g, d.Staged) {
		discardStaged(g, d.Candidate)
	}
}

func destroyed(d Decision) []retention.Reason {
	if d.Remote != nil && broken(d.State) {
		return []retention.Reason{{Rule: DestroyRule, Code: string(d.State), Text: "selected by -destroy, with its full address: it " + trouble(d)}}
	}
	return []retention.Reason{{Rule: DestroyRule, Code: DestroyRule, Text: "selected by -destroy"}}
}

// brokenText is what is wrong with our own sets that no rule may count.
var brokenText = map[state.State]string{
	state.Damaged: "is damaged", state.Differs: "differs from the local set", state.Suspicious: "is suspicious",
}

func broken(s state.State) bool { return brokenText[s] != "" }

// trouble is what is wrong with a broken set, with the reason if it is suspicious.
func trouble(d Decision) string {
	if d.State == state.Suspicious {
		return brokenText[d.State] + " (" + d.Suspect + ")"
	}
	return brokenText[d.State]
}

// checkState returns why a set that does not count must not be destroyed; nil where its
// full address is given, and all that it contains can be deleted.
func checkState(g *Group, d Decision) error {
	address := g.Address(d.Key)
	switch {
	case !broken(d.State):
		return errors.New("its state is " + string(d.State) + ", and -destroy deletes only sets that vmxsync has put there")
	case !g.World.Flags.InFull(address):
		return errors.New("it " + trouble(d) + ": to destroy it anyway, give its full address: -target=" + address)
	case d.Remote.Odd:
		return errors.New("it contains something that vmxsync never deletes: " + d.Remote.Problem)
	case observe.MayLead(&g.Group, d.Candidate):
		return errors.New("it, or a folder in it, may be a link to the files of another set")
	}
	return nil
}

// checkDestroy returns why a set is not deleted; nil if it is, or does not exist.
func checkDestroy(g *Group, d Decision) error {
	switch {
	case !g.World.Flags.Selects(g.Address(d.Key)):
		return errors.New("it is not selected by -destroy")
	case d.Remote == nil && d.Staged == nil:
		return nil
	case g.Unknown != nil || g.HasUnknown():
		return errors.New("nothing is deleted while the state of a set of this VM is not known")
	case d.Remote == nil:
		return checkDestroyStaged(g, d)
	}
	whole := d.State == state.Complete
	if !whole && !d.BeingDeleted() {
		if err := checkState(g, d); err != nil {
			return err
		}
	}
	if (whole || d.State == state.Suspicious) && differsAtSource(g, d) {
		return errors.New("a source holds another version of it, or cannot be read for this VM")
	}
	if why := mayDelete(g, d); why != nil {
		if why.name != nil {
			g.note(g.Note(&notice.OddName, *d.Remote, observe.Hinted(why.name)))
		}
		return why
	}
	return nil
}

func checkDestroyStaged(g *Group, d Decision) error {
	if !usable(g, d.Staged.Path, d.Staged.Files) || !certain(g, d.Staged) {
		return errors.New("its names cannot be used")
	}
	return g.Held
}

// differsAtSource reports whether any source, also one that does not send the VM here,
// may hold another set of the same address.
func differsAtSource(g *Group, d Decision) bool {
	w := g.World
	return slices.ContainsFunc(w.Spec.Sources, func(src config.Source) bool {
		local, ok := w.Inventories[src.Name].Find(d.Key)
		return w.CheckSource(src.Name, g.VM) != nil || ok && local.State == state.Complete && !state.SameContent(d.Compared(src.Ignore), local.Files)
	})
}
