package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/flags"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

func checkGlobs(globs []string) error {
	for _, glob := range globs {
		if !doublestar.ValidatePattern(glob) {
			return failure.Usage(fmt.Errorf("%q is not a valid glob", glob), "Write the name of a VM, or a pattern with * and ?.")
		}
	}
	return nil
}

// matching returns which VMs the globs match. One that equals the name of a VM matches
// that VM only.
func matching(globs []string, inventories map[string]state.Inventory) func(vm string) bool {
	meant := literalNames(globs, inventories)
	return func(vm string) bool { return matchesAny(meant, vm) }
}

// literalNames makes a glob that equals the name of a VM match that VM only.
func literalNames(globs []string, inventories map[string]state.Inventory) []string {
	there := map[string]bool{}
	for _, inv := range inventories {
		for _, vm := range inv.VMs() {
			there[vm] = true
		}
	}
	meant := slices.Clone(globs)
	for i, glob := range meant {
		if there[glob] {
			meant[i] = flags.Literal(glob)
		}
	}
	return meant
}

// matchesAny reports whether one of the globs matches the VM. Without globs every VM
// matches, and an unknown VM always matches, because any may be meant.
func matchesAny(globs []string, vm string) bool {
	return len(globs) == 0 || vm == state.AnyVM || slices.ContainsFunc(globs, func(glob string) bool {
		return glob == vm || doublestar.MatchUnvalidated(glob, vm)
	})
}

// noSuchVM is the error of an unknown VM, with the closest name as its hint.
func noSuchVM(given []string, inventories map[string]state.Inventory) error {
	var names []string
	for _, inv := range inventories {
		names = append(names, inv.VMs()...)
	}
	slices.Sort(names)
	err := fmt.Errorf("no VM matches %s", strings.Join(given, " or "))
	hint := "vmxsync list shows the VMs at all places."
	if best := wording.Nearest(given[0], slices.Compact(names)); best != "" && best != given[0] {
		hint = fmt.Sprintf("Did you mean %q? %s", providers.Escape(best), hint)
	}
	return failure.New("Nothing found", failure.Hinted(err, hint))
}
