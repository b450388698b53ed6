package diff

import (
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

// pruned is what is deleted at the sources, because destinations hold it.
type pruned struct {
	changes   []Change
	cleanups  []Cleanup       // of what earlier prunes have left
	touched   []*decide.Group // that nothing else in the plan touches, and that apply must check
	notes     []notice.Note
	selection decide.Selection
}

// pruneSources plans what is pruned from the sources, after all changes at the
// destinations are known, and cleans up what an earlier prune has left.
func pruneSources(all *planned) pruned {
	var p pruned
	w := all.world
	if w.Flags.Destroy { // only at destinations
		return p
	}
	touched := map[string]bool{}
	for _, part := range all.parts {
		for _, o := range part.Observed {
			touched[o.Scope] = true
		}
	}
	fresh := firstUse(all)
	for _, s := range w.Spec.Sources {
		p.cleanAsides(all, s)
		if w.Empty(s.Name) {
			continue
		}
		for _, vm := range w.VMs(s.Name) {
			if b, ok := w.Spec.Assign(s.Name, vm); ok && b.PruneSource != "" && w.CheckDeletes(s, vm) == nil {
				x := pruningOf(all, s, b, vm)
				x.fresh = fresh
				p.prune(x, touched)
			}
		}
	}
	return p
}

// pruning is one VM at a source while it is decided what is pruned from there.
type pruning struct {
	all    *planned
	source config.Source
	backup config.Backup
	vm     string
	policy config.Policy

	fresh   string // a destination that is used for the first time; empty without one
	grounds map[*decide.Group]grounds
}

func pruningOf(all *planned, s config.Source, b config.Backup, vm string) pruning {
	policy, _ := all.world.Spec.Policy(b.PruneSource)
	return pruning{all: all, source: s, backup: b, vm: vm, policy: policy, grounds: map[*decide.Group]grounds{}}
}

// prune asks retention about the local sets of a VM alone, and plans to delete those that
// it does not keep, or reports what prevents it.
func (p *pruned) prune(x pruning, touched map[string]bool) {
	w := x.all.world
	inv := w.Inventories[x.source.Name]
	zone, _ := w.Zone(x.source)
	for _, d := range slices.Backward(retention.Decide(x.policy, inv.Of(x.vm), w.Now.In(zone)).Decisions) { // oldest first
		s, _ := inv.Find(d.Key)
		if d.Keep || s.State != state.Complete {
			continue
		}
		why, err := x.justify(s)
		address := state.Address(x.source.Name, s.Key)
		switch {
		case err != nil:
			p.note(x, &notice.NotPruned, s, err.Error())
		case why.coming: // its upload is in this plan: a later one may prune it
		case !w.Flags.Selects(address):
			p.selection.Exclude(address)
		default:
			p.touch(why.groups, touched)
			p.changes = append(p.changes, x.change(s, d.Reasons, why))
			if len(s.Ignored) > 0 {
				p.note(x, &notice.Left, s, s.Ignored[0])
			}
		}
	}
}

func (p *pruned) note(x pruning, kind *notice.Kind, s state.Set, why string) {
	p.notes = append(p.notes, notice.Note{Place: x.source.Name, Kind: kind, VM: x.vm, Item: s.Key.String(), Bytes: s.Bytes(), Why: why})
}

// touch lets apply check the groups that justify a prune.
func (p *pruned) touch(groups []*decide.Group, touched map[string]bool) {
	for _, g := range groups {
		if !touched[g.Scope()] {
			touched[g.Scope()] = true
			p.touched = append(p.touched, g)
		}
	}
}

func (x pruning) change(s state.Set, why []Reason, ground justification) Change {
	return Change{
		Address: state.Address(x.source.Name, s.Key), Action: Delete, Mode: Prune, Policy: x.policy.Name, Path: s.Path,
		Reasons: append(slices.Clone(why), retention.Reason{Rule: "prune_source", Code: "copied", Text: ground.text}),
		Files:   sourceFiles(s.Files), Bytes: s.Bytes(), Retains: ground.requires, ProvenSince: x.provenSince(),
	}
}

// provenSince is from when on a proof of a copy counts; zero: none does.
func (x pruning) provenSince() time.Time {
	if x.backup.VerifiedWithin == (config.Span{}) {
		return time.Time{}
	}
	return x.backup.VerifiedWithin.Before(x.all.world.Now).UTC()
}

// justify returns what justifies that a set is pruned; an error is why nothing does.
func (x pruning) justify(s state.Set) (justification, error) {
	ground, err := justify(x, s.Key)
	if x.fresh != "" { // nothing local is pruned in that run
		err = fmt.Errorf("this is the first use of %s", x.fresh)
	}
	if err == nil {
		err = observe.CheckPaths(state.Aside(s.Path, observe.LongestRun), s.Files)
	}
	return ground, err
}

// firstUse names a destination that is used for the first time or taken over; "" if
// there is none.
func firstUse(all *planned) string {
	for _, d := range all.world.Spec.Destinations {
		if owns(all, d.Name, all.world.Inventories[d.Name].Owner) {
			return d.Name
		}
	}
	return ""
}
