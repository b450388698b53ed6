package read

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
)

// walk finds the folders of sets under a root.
type walk struct {
	store  providers.Store
	layout state.Layout
	skip   string          // our own folder, at the root
	only   map[string]bool // only sets of these VMs; nil: all

	found       []folder
	foreign     []string
	links       []string
	unusable    []string
	unsupported []string
	workDirs    []string          // folders at the root, entered as those of VMs, that are work folders
	strangers   []string          // folders at the root that were not entered and may be
	unknown     map[string]string // VM, or "*", to the reason
	notWhole    map[string]string // likewise; see Inventory.NotWhole
}

// folder is the folder of a set.
type folder struct {
	state.Key
	path    string
	modTime time.Time
}

// run lists level by level, each level's folders in parallel. It fails where
// the place as a whole cannot be read; a folder that cannot makes what is
// below it unknown.
func (w *walk) run(ctx context.Context) error {
	w.unknown, w.notWhole = map[string]string{}, map[string]string{}
	dirs := []string{"."}
	for depth := 1; depth <= w.layout.Depth(); depth++ {
		listings := make([][]providers.File, len(dirs))
		errs := make([]error, len(dirs))
		parallel.All(ctx, w.store.Traits().Sessions, len(dirs), func(i int) {
			listings[i], errs[i] = w.store.List(ctx, dirs[i])
		})
		if err := ctx.Err(); err != nil {
			return err
		}
		var next []string
		for i, dir := range dirs {
			listings[i], errs[i] = w.part(dir, listings[i], errs[i])
			if err := w.fault(dir, errs[i]); err != nil {
				return err
			}
			if dir == "." && w.only == nil {
				w.strangers = strangers(listings[i], w.layout, state.WorkDir(w.skip))
			} else if depth == 2 && isWorkDir(listings[i]) {
				w.workDirs = append(w.workDirs, dir)
			}
			next = append(next, w.level(dir, listings[i], depth)...)
		}
		dirs = next
	}
	slices.SortFunc(w.found, func(a, b folder) int { return a.Compare(b.Key) })
	for _, paths := range [][]string{w.foreign, w.links, w.unusable, w.unsupported} {
		slices.Sort(paths)
	}
	return nil
}

// part takes what was understood of a listing for what is there, and notes that
// the rest is not known.
func (w *walk) part(dir string, files []providers.File, err error) ([]providers.File, error) {
	partial, ok := errors.AsType[*providers.PartialListing](err)
	if !ok {
		return files, err
	}
	vm, _ := w.layout.Fits(dir)
	if vm == "" || dir == "." {
		vm = state.AnyVM
	}
	w.notWhole[vm] = reason(err)
	return partial.Files, nil
}

// whole is a NotWholeError where folders of the VM were listed in part.
func (w *walk) whole(vm string) error {
	for _, name := range []string{vm, state.AnyVM} {
		if why, ok := w.notWhole[name]; ok {
			return &NotWholeError{why}
		}
	}
	return nil
}

// fault notes a listing that failed; the error that it returns ends the walk.
func (w *walk) fault(dir string, err error) error {
	if err == nil {
		return nil
	}
	if dir == "." || gone(err) {
		return err
	}
	vm, _ := w.layout.Fits(dir)
	if vm == "" {
		vm = state.AnyVM
	}
	w.unknown[vm] = reason(err)
	return nil
}

// level sorts the entries of one folder and returns the folders to enter next.
func (w *walk) level(dir string, entries []providers.File, depth int) []string {
	var next []string
	last := depth == w.layout.Depth()
	named := w.only != nil && w.layout.IsVM(depth)
	seen := map[string]string{}
	for _, e := range entries {
		if named && !w.only[e.Name()] {
			continue // one of a VM, at a root that may have many
		}
		p := path.Join(dir, e.Name())
		if p == w.skip || state.IsJunk(e.Name()) {
			continue
		}
		if _, _, _, aside := state.ParseAside(p); aside {
			w.foreign = append(w.foreign, p)
			continue
		}
		vm, fits := w.layout.Fits(p)
		if !fits || providers.CheckName(e.Name()) != nil {
			w.stray(p, e, fits, last)
			continue
		}
		if w.only != nil && vm != "" && !w.only[vm] {
			continue
		}
		w.clash(seen, p, e.Name())
		switch key, ok := w.layout.Key(p); {
		case e.Kind != providers.Dir:
			w.stray(p, e, fits, last)
		case !last:
			next = append(next, p)
		case ok:
			w.found = append(w.found, folder{Key: key, path: p, modTime: e.ModTime})
		default:
			w.foreign = append(w.foreign, p)
		}
	}
	return next
}

// stray notes what is no folder of a set: foreign; a link or a name that would
// otherwise be one; a file that seems to be a whole backup.
func (w *walk) stray(p string, e providers.File, fits, last bool) {
	switch {
	case fits && e.Kind == providers.Link:
		w.links = append(w.links, p)
		return
	case fits && e.Kind == providers.Dir:
		w.unusable = append(w.unusable, p)
		return
	}
	if last && e.Kind == providers.Regular {
		for name := p; ; name = strings.TrimSuffix(name, path.Ext(name)) {
			if _, ok := w.layout.Key(name); ok {
				w.unsupported = append(w.unsupported, p)
				return
			}
			if path.Ext(name) == "" {
				break
			}
		}
	}
	w.foreign = append(w.foreign, p)
}

// clash makes both VMs unknown whose folders are one on a disk that ignores
// case: nothing of them may be touched.
func (w *walk) clash(seen map[string]string, p, name string) {
	other, ok := seen[state.Folded(name)]
	seen[state.Folded(name)] = p
	if !ok {
		return
	}
	why := fmt.Sprintf("%s and %s are the same name where case does not matter", other, p)
	for _, clashing := range []string{other, p} {
		vm, _ := w.layout.Fits(clashing)
		if vm == "" {
			vm = state.AnyVM
		}
		w.unknown[vm] = why
	}
}

// addNames notes of an inventory what is known of its VMs, and what is no folder of a set.
func (w *walk) addNames(inv *state.Inventory) {
	inv.UnknownVMs, inv.Foreign, inv.Links, inv.Unusable, inv.Unsupported = w.unknown, w.foreign, w.links, w.unusable, w.unsupported
}
