package observe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// vmsAt lists the VMs that the destination holds anything of, or may get, and notes those
// whose names cannot be used: nothing of them is touched.
func vmsAt(w *World, d config.Destination, inv state.Inventory) (vms []string, notes []notice.Note) {
	all := inv.VMs()
	for _, s := range inv.Staged {
		all = append(all, s.VM)
	}
	for _, t := range inv.Trash {
		all = append(all, t.VM)
	}
	for _, s := range inv.Vanished(inv.Known) {
		all = append(all, s.VM)
	}
	for _, s := range w.Spec.Sources {
		for vm := range w.holds[s.Name] {
			if _, ok := w.assignment(s, d, vm); ok {
				all = append(all, vm)
			}
		}
	}
	slices.Sort(all)
	for _, vm := range slices.Compact(all) {
		if vm == state.AnyVM {
			continue
		}
		if err := providers.CheckName(vm); err != nil {
			notes = append(notes, notice.Note{Kind: &notice.OddName, Place: d.Name, VM: vm, Item: vm, Why: err.Error()})
			continue
		}
		vms = append(vms, vm)
	}
	vms, clashes := withoutCaseClashes(w, d, inv, vms)
	return vms, append(notes, clashes...)
}

// withoutCaseClashes leaves out the VMs that the destination holds nothing of, and whose
// folder would be that of another on a disk that ignores case: a VM that was
// renamed from Bart to bart. Once both are there, nothing of either may be
// touched any more.
func withoutCaseClashes(w *World, d config.Destination, inv state.Inventory, vms []string) (rest []string, notes []notice.Note) {
	standing := inv.VMs()
	coming := slices.DeleteFunc(slices.Clone(vms), func(vm string) bool { return !w.isSent(d, vm) })
	there, all := byFoldedName(standing), byFoldedName(standing, mayReturn(inv), coming)
	rest = slices.DeleteFunc(slices.Clone(vms), func(vm string) bool {
		namesakes := there[state.Folded(vm)]
		if slices.Contains(namesakes, vm) {
			return false
		}
		if w.isSent(d, vm) {
			namesakes = all[state.Folded(vm)]
		}
		i := slices.IndexFunc(namesakes, func(other string) bool { return other != vm && shareFolder(d.Layout, vm, other) })
		if i < 0 {
			return false
		}
		notes = append(notes, notice.Note{Place: d.Name, Kind: &notice.Name, VM: vm, Item: vm,
			Why: fmt.Sprintf("%s and %s are the same name where case does not matter, and would share a folder: give the VM its old name, or rename the folder of the other one", namesakes[i], vm)})
		return true
	})
	return rest, notes
}

// byFoldedName are the VMs, in that order, by the name that they have where case does
// not matter.
func byFoldedName(lists ...[]string) map[string][]string {
	by := map[string][]string{}
	for _, vm := range slices.Concat(lists...) {
		by[state.Folded(vm)] = append(by[state.Folded(vm)], vm)
	}
	return by
}

// isSent reports whether a source holds the VM and sends it there.
func (w *World) isSent(d config.Destination, vm string) bool {
	return slices.ContainsFunc(w.Spec.Sources, func(s config.Source) bool {
		_, ok := w.assignment(s, d, vm)
		return ok && w.Holds(s.Name, vm)
	})
}

// mayReturn are the VMs of which something in the work folder may yet get a final name,
// or has one. Deleted sets and half uploads stay there.
func mayReturn(inv state.Inventory) (vms []string) {
	for _, s := range inv.Staged {
		if s.AtFinal() || s.Set.State == state.Complete {
			vms = append(vms, s.VM)
		}
	}
	for _, t := range inv.Trash {
		if t.Replaced {
			vms = append(vms, t.VM)
		}
	}
	return vms
}

// shareFolder reports whether the layout puts sets of different times of the two VMs into
// folders whose names differ in case only.
func shareFolder(layout state.Layout, vm, other string) bool {
	a := strings.Split(layout.Path(state.Key{VM: vm, Stamp: "2026-01-01-000000"}), "/")
	b := strings.Split(layout.Path(state.Key{VM: other, Stamp: "2027-02-02-111111"}), "/")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return state.Folded(a[i]) == state.Folded(b[i])
		}
	}
	return false
}
