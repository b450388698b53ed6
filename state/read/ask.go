package read

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// maxAsked is how many sets that a listing lacks are asked for by name.
const maxAsked = 6

// AskByName asks a destination for the newest sets that its record has and its
// listing lacks, at most a few, of different VMs first. If one is there, the
// listings of this reading are incomplete: what they lack is not known.
func AskByName(ctx context.Context, store providers.Store, layout state.Layout, inv *state.Inventory) {
	vanished := inv.Vanished(inv.Known)
	lied := false
	for _, s := range askFirst(vanished) {
		f, err := store.Stat(ctx, layout.Path(state.KeyOf(s.Key)))
		lied = lied || err == nil && f.Kind == providers.Dir || err != nil && !errors.Is(err, fs.ErrNotExist)
	}
	if !lied {
		return
	}
	for _, s := range vanished {
		inv.UnknownVMs[s.VM] = "its listing lacks " + s.Time + ", which the server has, or may have, when it is asked for it by name"
	}
}

// askFirst picks the newest set of each VM, then others.
func askFirst(vanished []known.Set) []known.Set {
	var first, rest []known.Set
	for i, s := range vanished { // oldest first within a VM
		if i+1 < len(vanished) && vanished[i+1].VM == s.VM {
			rest = append(rest, s)
		} else {
			first = append(first, s)
		}
	}
	all := slices.Concat(first, rest)
	return all[:min(len(all), maxAsked)]
}
