package read

import (
	"context"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// ownerName is the file that makes a folder at the root a work folder, together
// with one of the folders of workFolders.
const ownerName = "owner"

// isWorkDir reports whether a folder with these entries is a work folder: it holds
// an owner, and something of what an apply makes.
func isWorkDir(entries []providers.File) bool {
	owned, used := false, false
	for _, e := range entries {
		switch e.Name() {
		case ownerName, ownerName + ".new":
			owned = owned || e.Kind == providers.Regular
		case "staging", "trash", "lock":
			used = used || e.Kind == providers.Dir
		}
	}
	return owned && used
}

// maxStrangers is how many folders at a root are looked into that no layout
// knows: one listing each. Those with a dot come first, as work folders have one.
const maxStrangers = 16

// strangers are folders at the root that the layout does not enter and that may
// be work folders.
func strangers(entries []providers.File, layout state.Layout, work state.WorkDir) []string {
	var dotted, plain []string
	for _, e := range entries {
		_, entered := layout.Fits(e.Name())
		entered = entered && layout.Depth() > 1
		if e.Kind != providers.Dir || e.Name() == string(work) || state.IsJunk(e.Name()) || entered || providers.CheckName(e.Name()) != nil {
			continue
		}
		if _, isSet := layout.Key(e.Name()); isSet {
			continue
		}
		if strings.HasPrefix(e.Name(), ".") {
			dotted = append(dotted, e.Name())
		} else {
			plain = append(plain, e.Name())
		}
	}
	all := append(dotted, plain...)
	return all[:min(len(all), maxStrangers)]
}

// Neighbours looks for other work folders at the root: in each folder whose
// name begins with a dot, and in those that the layout does not enter. Of the
// others a reading of the whole root knows: see Inventory.Neighbours.
func Neighbours(ctx context.Context, store providers.Store, layout state.Layout, work state.WorkDir) ([]state.Neighbour, error) {
	entries, err := understood(store.List(ctx, "."))
	if err != nil {
		return nil, err
	}
	dirs := strangers(entries, layout, work)
	for _, e := range entries {
		if e.Kind == providers.Dir && strings.HasPrefix(e.Name(), ".") && e.Name() != string(work) && !state.IsJunk(e.Name()) && !slices.Contains(dirs, e.Name()) {
			dirs = append(dirs, e.Name())
		}
	}
	return readNeighbours(ctx, store, dirs)
}

// readNeighbours keeps those of the folders that are work folders.
func readNeighbours(ctx context.Context, store providers.Store, dirs []string) ([]state.Neighbour, error) {
	var found []state.Neighbour
	for _, dir := range dirs {
		if providers.CheckName(dir) != nil {
			continue
		}
		entries, err := understood(store.List(ctx, dir))
		if gone(err) {
			return nil, err
		}
		if err != nil || !isWorkDir(entries) {
			continue // what may not be listed is no work folder that this account could use
		}
		n, err := readNeighbour(ctx, store, state.WorkDir(dir))
		if err != nil {
			return nil, err
		}
		found = append(found, n...)
	}
	return found, ctx.Err()
}

// readNeighbour reads who owns a work folder. A name that cannot be read is that
// of somebody all the same.
func readNeighbour(ctx context.Context, store providers.Store, work state.WorkDir) ([]state.Neighbour, error) {
	name, _, err := Claimant(ctx, store, work)
	switch {
	case gone(err):
		return nil, err
	case err != nil:
		name = "?"
	case name == "":
		return nil, nil
	}
	return []state.Neighbour{{WorkDir: work, Owner: name}}, nil
}
