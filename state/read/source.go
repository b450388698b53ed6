package read

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Source reads a folder of finished backups: which sets are ready, which
// are still being written, which cannot be used and why. now decides what has
// settled.
func Source(ctx context.Context, store providers.Store, src config.Source, now time.Time) state.Inventory {
	inv := state.Inventory{Place: src.Name}
	w := walk{store: store, layout: src.Layout}
	err := proveRoot(ctx, store)
	if err == nil {
		err = w.run(ctx)
	}
	if err != nil {
		inv.Err = err
		return inv
	}
	for vm, why := range w.notWhole { // what a source lacks is never concluded from a part
		w.unknown[vm] = why
	}
	inv.Sets = make([]state.Set, len(w.found))
	parallel.All(ctx, store.Traits().Sessions, len(w.found), func(i int) {
		inv.Sets[i] = readSourceSet(ctx, store, src, w.found[i], now)
	})
	inv.Sets = slices.DeleteFunc(inv.Sets, func(s state.Set) bool { return s.Stamp == "" })
	taken := slices.Concat(w.links, w.unsupported)
	inv.Sets = slices.DeleteFunc(inv.Sets, func(s state.Set) bool {
		if leftover(s) {
			taken = append(taken, s.Path)
		}
		return leftover(s)
	})
	for i := range inv.Sets {
		if why, clash := w.unknown[inv.Sets[i].VM]; clash {
			inv.Sets[i].State, inv.Sets[i].Problem = state.NotReady, why
		}
	}
	w.addNames(&inv)
	inv.Foreign, inv.Asides = readAsides(ctx, store, src, inv.Foreign, taken)
	inv.Err = ctx.Err()
	return inv
}

// SourceSet reads one set of a source again, for an apply that is about to
// send it or has just sent it. Ignored files are left out of Files; nothing is
// judged.
func SourceSet(ctx context.Context, store providers.Store, dir string, ignore []string) (Tree, error) {
	tree, err := Folder(ctx, store, dir)
	tree.Files = slices.DeleteFunc(tree.Files, func(f state.File) bool {
		ignored := config.Ignored(ignore, f.Path)
		if ignored {
			tree.Ignored = append(tree.Ignored, f.Path)
		}
		return ignored || state.IsOurs(f.Path)
	})
	return tree, err
}

// maxAhead is how far in the future the newest file of a set may be dated, as two
// clocks differ, and the set is only waited for. Beyond that it would never
// settle.
const maxAhead = time.Hour

// leftover reports whether only ignored files are there, as a deleted set leaves them.
func leftover(s state.Set) bool { return len(s.Files) == 0 && len(s.Ignored) > 0 }

// readSourceSet is the zero set where it was removed since it was listed.
func readSourceSet(ctx context.Context, store providers.Store, src config.Source, f folder, now time.Time) state.Set {
	s := state.Set{Key: f.Key, Path: f.path, State: state.NotReady}
	tree, err := SourceSet(ctx, store, f.path, src.Ignore)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return state.Set{}
	case err != nil:
		s.State, s.Problem, s.Hint = state.Unreadable, err.Error(), providers.Hint(err)
		return s
	}
	s.Files, s.Ignored, s.Dirs, s.Junk = tree.Files, tree.Ignored, tree.Dirs, tree.Junk
	newest := tree.Newest
	if f.modTime.After(newest) {
		newest = f.modTime
	}
	switch {
	case len(tree.Odd) > 0:
		s.Problem = tree.Odd[0]
	case tree.Undated != "" || !holdable(f.modTime):
		s.Problem = fmt.Sprintf("the time of %s is before the year 1 or after 9999, which cannot be recorded", cmp.Or(tree.Undated, "its folder"))
		s.Hint = "Give it a time of its own: touch FILE."
	case takes(tree, state.ManifestName):
		s.Problem = "it holds something else under the name " + state.ManifestName
	case takes(tree, state.BlocksName):
		s.Problem = "it holds something else under the name " + state.BlocksName
	case s.Bytes() == 0:
		s.Problem = "it holds no bytes"
	case newest.After(now.Add(maxAhead)):
		s.Problem = fmt.Sprintf("a file or folder in it is dated in the future (%s): check the clock of the machine that wrote it", newest.UTC().Format(time.RFC3339))
	case now.Sub(newest) < src.Settle:
		s.State, s.Problem = state.Settling, settling(newest, now, src.Settle)
		s.SettlesAt = newest.Add(src.Settle)
	case !ready(tree, src.ReadyFiles):
		s.Awaited = true
		s.Problem = awaiting(src.ReadyFiles, now.Sub(newest))
	default:
		s.State = state.Complete
		s.Lacks, s.LacksDisk = missingDisks(ctx, store, s, src.Ignore)
	}
	return s
}

// ready reports whether one of the ready files is there: also one that is
// ignored otherwise.
func ready(tree Tree, names []string) bool {
	there := func(name string) bool {
		return slices.Contains(tree.Ignored, name) || slices.ContainsFunc(tree.Files, func(f state.File) bool { return f.Path == name })
	}
	return len(names) == 0 || slices.ContainsFunc(names, there)
}

// awaiting is for how long a set has been without a ready file: since its
// newest file.
func awaiting(names []string, age time.Duration) string {
	return fmt.Sprintf("not ready for %s, without %s", state.FormatAge(age), strings.Join(names, " or "))
}

// takes reports whether a file of ours would have no place in the set: a folder has its
// name, or a file whose name differs in case only.
func takes(tree Tree, name string) bool {
	takes := func(p string) bool { return state.Folded(p) == state.Folded(name) }
	return slices.ContainsFunc(tree.Dirs, takes) || slices.ContainsFunc(tree.Files, func(f state.File) bool { return takes(f.Path) })
}

func settling(newest, now time.Time, settle time.Duration) string {
	age := now.Sub(newest)
	if age < 0 {
		return "its newest file is dated in the future"
	}
	return fmt.Sprintf("its newest file is %s old, settle = %s", age.Round(time.Second), providers.Duration(settle))
}
