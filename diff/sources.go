package diff

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// noteSources reports what the sources hold that is not uploaded, or not yet, and the names
// that cannot be used anywhere.
func noteSources(all *planned) []notice.Note {
	n := &sourceNotes{World: all.world, all: all}
	for _, s := range n.Spec.Sources {
		for _, vm := range n.VMs(s.Name) {
			n.noteVM(s, vm)
		}
		n.noteUnheld(s)
		n.noteNames(s.Name, &notice.Name, "If it is no VM, list its name in exclude of its backup.", n.wanted(s))
		for _, p := range n.Inventories[s.Name].Unsupported {
			n.add(notice.Note{Place: s.Name, Kind: &notice.Unsupported, Item: p})
		}
	}
	for _, d := range n.Spec.Destinations {
		n.noteNames(d.Name, &notice.OddName, "", anyPath)
	}
	return n.notes
}

// sourceNotes are what is found at the sources.
type sourceNotes struct {
	*observe.World
	all   *planned
	notes []notice.Note
}

func (n *sourceNotes) add(x notice.Note) { n.notes = append(n.notes, x) }

// noteNames reports, as that kind, names that would be a set or a VM and are
// skipped: at a source they are not backed up.
func (n *sourceNotes) noteNames(place string, kind *notice.Kind, hint string, wanted func(string) bool) {
	inv := n.Inventories[place]
	for _, p := range inv.Links {
		if wanted(p) {
			n.add(notice.Note{Place: place, Kind: kind, Item: p, Why: "it is a link, and links are never followed", Hint: hint})
		}
	}
	for _, p := range inv.Unusable {
		if wanted(p) {
			n.add(notice.Note{Place: place, Kind: kind, Item: p, Why: unusable(p), Hint: hint})
		}
	}
}

// wanted says of the paths of a source whether a backup would send what has that name:
// what exclude names is none of its, and what none matches is reported as such.
func (n *sourceNotes) wanted(s config.Source) func(string) bool {
	return func(p string) bool {
		vm, _ := s.Layout.Fits(p)
		if vm == "" {
			return true
		}
		b, ok := n.Spec.Assign(s.Name, vm)
		if !ok && b.Name == "" {
			n.add(notice.Note{Place: s.Name, Kind: &notice.Unmatched, VM: vm})
		}
		return ok
	}
}

// anyPath wants every path.
func anyPath(string) bool { return true }

func unusable(p string) string {
	if err := providers.CheckPath(p); err != nil {
		return err.Error()
	}
	return providers.ErrName.Error()
}

func (n *sourceNotes) noteVM(s config.Source, vm string) {
	b, ok := n.Spec.Assign(s.Name, vm)
	inv := n.Inventories[s.Name]
	unknown := observe.CheckKnown(inv, vm)
	switch {
	case unknown != nil && (vm == state.AnyVM || inv.UnknownVMs[vm] != ""):
		n.add(notice.Note{Place: s.Name, Kind: &notice.Unknown, VM: vm, Why: unknown.Error()})
	case !ok && b.Name != "": // excluded
		return
	case providers.CheckName(vm) != nil:
		n.add(notice.Note{Place: s.Name, Kind: &notice.Name, VM: vm, Item: vm, Why: providers.CheckName(vm).Error()})
		return
	case !ok:
		n.add(notice.Note{Place: s.Name, Kind: &notice.Unmatched, VM: vm})
		return
	}
	if b.Retires(vm) {
		n.add(notice.Note{Place: s.Name, Kind: &notice.Returned, VM: vm})
	}
	n.noteNew(s, b, vm)
	n.noteSets(s, b, vm)
}

// noteNew reports a VM that is there for the first time: a glob has matched it, and
// nobody may know. On a first use all are new, and nothing is reported.
func (n *sourceNotes) noteNew(s config.Source, b config.Backup, vm string) {
	known := slices.ContainsFunc(b.Copies, func(copy config.Copy) bool { return !n.Readable(copy.Destination) || n.all.knows(copy.Destination, vm) })
	if !known && len(n.Sets(s.Name, vm)) > 0 {
		n.add(notice.Note{Place: s.Name, Kind: &notice.NewVM, VM: vm})
	}
}

// overdueAfter is how long a set may wait for its ready file before that is
// something to look at.
const overdueAfter = 24 * time.Hour

// noteSets reports which sets of a VM at a source are not uploaded, or not yet. The newest
// one that is neither settling nor waited for must be ready: the VM is not backed
// up otherwise.
func (n *sourceNotes) noteSets(s config.Source, b config.Backup, vm string) {
	newest := true
	for _, set := range slices.Backward(n.Sets(s.Name, vm)) {
		var kind *notice.Kind
		why := set.Problem
		switch set.State {
		case state.Settling:
			kind, why = &notice.Settling, providers.Duration(s.Settle).String()
			if n.unsettled(s, b, set) {
				kind, why = &notice.Unsettled, set.Problem
			}
		case state.Unreadable:
			kind, newest = &notice.Unreadable, false
		case state.NotReady:
			kind = n.notReady(set, newest)
			newest = newest && set.Awaited
		default:
			if newest && set.LacksDisk != "" {
				n.add(notice.Note{Place: s.Name, Kind: &notice.LacksDisk, VM: vm, Item: set.Key.String(), Why: set.LacksDisk})
			}
			newest = false
			continue
		}
		n.add(notice.Note{Place: s.Name, Kind: kind, VM: vm, Item: set.Key.String(), Why: why, Hint: set.Hint})
	}
}

// unsettled reports whether a set that is still being written was begun so long ago
// that its upload would be overdue.
func (n *sourceNotes) unsettled(s config.Source, b config.Backup, set state.Set) bool {
	zone, err := n.Zone(s)
	return err == nil && !b.MaxBehind.IsZero() && !set.Stamp.In(zone).After(b.MaxBehind.Before(n.Now.In(zone)))
}

// notReady is the notice of a set that is not ready.
func (n *sourceNotes) notReady(set state.Set, newest bool) *notice.Kind {
	switch {
	case !newest:
		return &notice.NotReady
	case !set.Awaited:
		return &notice.NotBackedUp
	case n.Now.Sub(set.Newest()) > overdueAfter:
		return &notice.Overdue
	}
	return &notice.Awaited
}

// noteUnheld warns of the VMs that backups of a source name literally, and of which
// neither the source nor a destination holds anything.
func (n *sourceNotes) noteUnheld(s config.Source) {
	if n.Empty(s.Name) || n.Flags.Destroy {
		return
	}
	for _, b := range n.Spec.Backups {
		if b.Source != s.Name {
			continue
		}
		for _, pattern := range b.VMs {
			if vm, ok := config.NameIn(pattern); ok && n.lacksAll(s, b, vm) {
				n.add(notice.Note{Place: s.Name, Kind: &notice.Unheld, VM: vm, Item: vm, Why: "backup " + b.Name})
			}
		}
	}
}

// lacksAll reports whether it is known that nobody holds anything of a VM of a backup.
func (n *sourceNotes) lacksAll(s config.Source, b config.Backup, vm string) bool {
	if n.Holds(s.Name, vm) || b.Excludes(vm) || b.Retires(vm) || observe.CheckKnown(n.Inventories[s.Name], vm) != nil {
		return false
	}
	return !slices.ContainsFunc(b.Copies, func(c config.Copy) bool {
		return !n.Readable(c.Destination) || observe.CheckKnown(n.Inventories[c.Destination], vm) != nil || n.all.groups[state.Scope(c.Destination, vm)] != nil
	})
}
