package state

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/vmxsync/vmxsync/providers"
)

// ReadSource reads a folder of finished backups: which sets are ready, which
// are still being written, which cannot be used and why. now decides what has
// settled.
func ReadSource(ctx context.Context, store providers.Store, src Source, now time.Time) Inventory {
	inv := Inventory{Place: src.Name}
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
	inv.Sets = make([]Set, len(w.found))
	parallel(ctx, store.Traits().Sessions, len(w.found), func(i int) {
		inv.Sets[i] = readSourceSet(ctx, store, src, w.found[i], now)
	})
	inv.Sets = slices.DeleteFunc(inv.Sets, func(s Set) bool { return s.Stamp == "" })
	taken := slices.Concat(w.links, w.unsupported)
	inv.Sets = slices.DeleteFunc(inv.Sets, func(s Set) bool {
		if s.leftover() {
			taken = append(taken, s.Path)
		}
		return s.leftover()
	})
	for i := range inv.Sets {
		if why, clash := w.unknown[inv.Sets[i].VM]; clash {
			inv.Sets[i].State, inv.Sets[i].Problem = NotReady, why
		}
	}
	inv.takeNames(w)
	inv.readAsides(ctx, store, src, taken)
	inv.Err = ctx.Err()
	return inv
}

// ReadSourceSet reads one set of a source again, for an apply that is about to
// send it or has just sent it. Ignored files are left out of Files; nothing is
// judged.
func ReadSourceSet(ctx context.Context, store providers.Store, dir string, ignore []string) (Tree, error) {
	tree, err := ReadTree(ctx, store, dir)
	tree.Files = slices.DeleteFunc(tree.Files, func(f File) bool {
		ignored := Ignored(ignore, f.Path)
		if ignored {
			tree.Ignored = append(tree.Ignored, f.Path)
		}
		return ignored || f.Path == ManifestName
	})
	return tree, err
}

// maxAhead is how far in the future the newest file of a set may be dated, as two
// clocks differ, and the set is only waited for. Beyond that it would never
// settle.
const maxAhead = time.Hour

// CheckReadable opens each file of a set of a source, reads nothing of it, and
// returns the set: as it was, or unreadable for the first file that cannot be
// opened. A file that is gone, or that another program has in use, is for the
// upload to judge.
func CheckReadable(ctx context.Context, store providers.Store, s Set) Set {
	for _, f := range s.Files {
		r, err := store.Open(ctx, path.Join(s.Path, f.Path), 0)
		switch {
		case err == nil:
			r.Close()
		case ctx.Err() != nil:
			return s
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, providers.ErrInUse):
		default:
			s.State, s.Problem, s.Hint = Unreadable, err.Error(), providers.Hint(err)
			return s
		}
	}
	return s
}

// CheckAllReadable is CheckReadable for sets of one source, which come back in
// the same order.
func CheckAllReadable(ctx context.Context, store providers.Store, sets []Set) []Set {
	checked := slices.Clone(sets)
	parallel(ctx, store.Traits().Sessions, len(checked), func(i int) { checked[i] = CheckReadable(ctx, store, checked[i]) })
	return checked
}

// leftover reports that only ignored files are there, as a set leaves them that
// went.
func (s Set) leftover() bool {
	return len(s.Files) == 0 && len(s.Ignored) > 0
}

// readSourceSet is the zero set where it was removed since it was listed.
func readSourceSet(ctx context.Context, store providers.Store, src Source, f folder, now time.Time) Set {
	s := Set{Key: f.Key, Path: f.path, State: NotReady}
	tree, err := ReadSourceSet(ctx, store, f.path, src.Ignore)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Set{}
	case err != nil:
		s.State, s.Problem, s.Hint = Unreadable, err.Error(), providers.Hint(err)
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
	case takesManifestName(tree):
		s.Problem = "it holds something else under the name " + ManifestName
	case s.Bytes() == 0:
		s.Problem = "it holds no bytes"
	case newest.After(now.Add(maxAhead)):
		s.Problem = fmt.Sprintf("a file or folder in it is dated in the future (%s): check the clock of the machine that wrote it", newest.UTC().Format(time.RFC3339))
	case now.Sub(newest) < src.Settle:
		s.State, s.Problem = Settling, settling(newest, now, src.Settle)
		s.SettlesAt = newest.Add(src.Settle)
	case !tree.ready(src.ReadyFiles):
		s.Awaited = true
		s.Problem = awaiting(src.ReadyFiles, now.Sub(newest))
	default:
		s.State = Complete
		s.readDescriptors(ctx, store, src.Ignore)
	}
	return s
}

// ready reports whether one of the ready files is there: also one that is
// ignored otherwise.
func (t Tree) ready(names []string) bool {
	said := func(name string) bool {
		return slices.Contains(t.Ignored, name) || slices.ContainsFunc(t.Files, func(f File) bool { return f.Path == name })
	}
	return len(names) == 0 || slices.ContainsFunc(names, said)
}

// awaiting is for how long a set has been without a ready file: since its
// newest file.
func awaiting(names []string, age time.Duration) string {
	return fmt.Sprintf("not ready for %s, without %s", FormatAge(age), strings.Join(names, " or "))
}

// takesManifestName reports whether a manifest would have no place in the set: a
// folder has its name, or a file whose name differs in case only.
func takesManifestName(tree Tree) bool {
	takes := func(p string) bool { return Folded(p) == Folded(ManifestName) }
	return slices.ContainsFunc(tree.Dirs, takes) || slices.ContainsFunc(tree.Files, func(f File) bool { return takes(f.Path) })
}

func settling(newest, now time.Time, settle time.Duration) string {
	age := now.Sub(newest)
	if age < 0 {
		return "its newest file is dated in the future"
	}
	return fmt.Sprintf("its newest file is %s old, settle = %s", age.Round(time.Second), providers.Duration(settle))
}

// Ignored reports whether one of the globs matches a path, from the folder of
// its set; a glob without a slash matches names at any depth.
func Ignored(globs []string, p string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		if !strings.Contains(glob, "/") && doublestar.MatchUnvalidated(glob, path.Base(p)) {
			return true
		}
		return doublestar.MatchUnvalidated(glob, p)
	})
}
