package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Tree is all that lies below one folder. Paths are from that folder.
type Tree struct {
	Files    []state.File // regular files, sorted by path
	Dirs     []string     // folders, sorted: parents come first
	Junk     []string     // files that are system junk, or lie in a folder that is, sorted
	JunkDirs []string     // folders that are system junk or lie in one, sorted
	// Closed are junk folders that were not entered, because the place may show
	// a link as what it points to, sorted.
	Closed  []string
	Ignored []string // files that the source ignores, sorted: see SourceSet
	// Odd describes what else is there: links, devices, names that cannot be used,
	// names that are equal on a disk that ignores case. May hold hostile names.
	Odd []string
	// Newest is the latest time of a file or folder below, junk excluded.
	Newest time.Time
	// Undated names a file or folder whose time no format can hold; "" if none.
	// Its time counts as not known.
	Undated string
	limit   int // of the depth
}

// maxDepth ends the descent into what must be a loop.
const maxDepth = 32

// Folder lists a folder and all folders below it, and enters no link: where
// the place may hide what is one, it enters no junk either, which no manifest
// names. Else the tree is whole, or the error is not nil. A missing folder is
// fs.ErrNotExist.
func Folder(ctx context.Context, store providers.Store, dir string) (Tree, error) {
	return readTree(ctx, store, dir, maxDepth)
}

func readTree(ctx context.Context, store providers.Store, dir string, limit int) (Tree, error) {
	t := Tree{limit: limit}
	err := t.read(ctx, store, dir, ".", false)
	slices.SortFunc(t.Files, func(a, b state.File) int { return strings.Compare(a.Path, b.Path) })
	for _, names := range [][]string{t.Dirs, t.Junk, t.JunkDirs, t.Closed, t.Odd} {
		slices.Sort(names)
	}
	return t, err
}

func (t *Tree) read(ctx context.Context, store providers.Store, root, sub string, inJunk bool) error {
	if strings.Count(sub, "/") >= t.limit {
		return fmt.Errorf("list %s: more than %d folders deep", path.Join(root, sub), t.limit)
	}
	entries, err := store.List(ctx, path.Join(root, sub))
	if sub != "." && errors.Is(err, fs.ErrNotExist) {
		// Not wrapped: only part of the tree is missing, if the place is right.
		return fmt.Errorf("was listed as a folder, but cannot be listed: %v", err)
	}
	if err != nil {
		return err
	}
	seen := map[string]string{}
	for _, e := range entries {
		name, p := e.Name(), path.Join(sub, e.Name())
		isJunk := inJunk || state.IsJunk(name)
		if !isJunk {
			t.checkName(seen, p, name)
		}
		if providers.CheckName(name) != nil {
			continue // reported as odd; what cannot be named cannot be entered
		}
		if isJunk && e.Kind == providers.Dir && store.Traits().LinksHidden {
			t.Closed = append(t.Closed, p)
			continue
		}
		t.add(e, p, isJunk)
		if e.Kind == providers.Dir {
			if err := t.read(ctx, store, root, p, isJunk); err != nil {
				return err
			}
		}
	}
	return nil
}

// isMarked reports whether a manifest is in the folder.
func (t *Tree) isMarked() bool {
	return slices.ContainsFunc(t.Files, func(f state.File) bool {
		return f.Path == state.ManifestName || f.Path == state.NextManifestName
	})
}

// lacksTimes reports whether the time of a file is not known.
func (t *Tree) lacksTimes() bool {
	return slices.ContainsFunc(t.Files, func(f state.File) bool { return f.ModTime.IsZero() })
}

// stuck is what vmxsync never deletes, where a purge would find nothing else.
func (t *Tree) stuck() []string {
	if len(t.Files)+len(t.Junk)+len(t.JunkDirs) > 0 {
		return nil
	}
	return t.Stays()
}

// Stays describes what is never deleted with the folder: links, devices,
// names that cannot be used, and folders that may be links.
func (t *Tree) Stays() []string {
	stays := slices.Clone(t.Odd)
	for _, p := range t.Closed {
		stays = append(stays, p+" may be a link to other files")
	}
	return stays
}

func (t *Tree) checkName(seen map[string]string, p, name string) {
	if err := providers.CheckName(name); err != nil {
		t.Odd = append(t.Odd, err.Error())
		return
	}
	if other, ok := seen[state.Folded(name)]; ok {
		t.Odd = append(t.Odd, fmt.Sprintf("%s and %s are the same name where case does not matter", other, p))
	}
	seen[state.Folded(name)] = p
}

// holdable reports whether a time can be written down: formats have four digits for
// the year. Some file systems keep other times, after damage or a clock that was
// never set.
func holdable(at time.Time) bool {
	year := at.UTC().Year()
	return year >= 1 && year <= 9999
}

func (t *Tree) add(e providers.File, p string, isJunk bool) {
	if !holdable(e.ModTime) {
		e.ModTime = time.Time{}
		if !isJunk && t.Undated == "" {
			t.Undated = p
		}
	}
	switch {
	case isJunk && e.Kind == providers.Dir:
		t.JunkDirs = append(t.JunkDirs, p)
		return
	case isJunk:
		t.Junk = append(t.Junk, p)
		return
	case e.Kind == providers.Dir:
		t.Dirs = append(t.Dirs, p)
	case e.Kind == providers.Regular:
		t.Files = append(t.Files, state.File{Path: p, Size: e.Size, ModTime: e.ModTime, ID: e.ID, Changed: e.Changed})
	default:
		t.Odd = append(t.Odd, fmt.Sprintf("%s is not a regular file (%s)", p, e.Kind))
	}
	if e.ModTime.After(t.Newest) {
		t.Newest = e.ModTime
	}
}

// fill gives a set the contents of the tree; the manifest and the block sums are no part
// of the payload.
func (t *Tree) fill(s state.Set) state.Set {
	s.Dirs, s.Junk = t.Dirs, slices.Concat(t.Junk, t.JunkDirs, t.Closed)
	return s.With(t.Files)
}

// below is the part of a tree under one of its folders, paths from there.
func (t *Tree) below(dir string) Tree {
	var sub Tree
	for _, f := range t.Files {
		if p, ok := strings.CutPrefix(f.Path, dir+"/"); ok {
			f.Path = p
			sub.Files = append(sub.Files, f)
		}
	}
	for _, list := range []struct{ from, to *[]string }{{&t.Dirs, &sub.Dirs}, {&t.Junk, &sub.Junk}, {&t.JunkDirs, &sub.JunkDirs}, {&t.Closed, &sub.Closed}} {
		for _, name := range *list.from {
			if p, ok := strings.CutPrefix(name, dir+"/"); ok {
				*list.to = append(*list.to, p)
			}
		}
	}
	return sub
}
