package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// readStaging reads what uploads have left or are about. What is not named as
// ours is left alone.
func (inv *Inventory) readStaging(ctx context.Context, store providers.Store, work WorkDir) error {
	return inv.inPart(eachFolder(ctx, store, work.Staging(), func(name string) error {
		k, err := ParseDecorated(name)
		if err != nil {
			return nil
		}
		s, err := ReadStaged(ctx, store, work, k)
		if err != nil {
			return inv.unread(k.VM, err)
		}
		inv.Staged = append(inv.Staged, s)
		return nil
	}))
}

// unread makes the VM unknown of which one folder could not be read; it returns
// the error where that is more than one folder's.
func (inv *Inventory) unread(vm string, err error) error {
	if gone(err) {
		return err
	}
	inv.UnknownVMs[vm] = reason(err)
	return nil
}

// ReadStaged reads one staged set. A missing folder is fs.ErrNotExist.
func ReadStaged(ctx context.Context, store providers.Store, work WorkDir, k Key) (Staged, error) {
	s := Staged{Key: k, Path: work.Staged(k)}
	tree, err := readTree(ctx, store, s.Path, maxDepth+1) // the set lies one deeper here
	if err != nil {
		return s, err
	}
	s.Files, s.Dirs = tree.Files, tree.Dirs
	s.Set = Set{Key: k, Path: work.StagedSet(k), State: Incomplete}
	s.Set.fill(tree.below(StagedSet))
	if data, err := readFile(ctx, store, work.Claim(k), MaxClaim); err == nil {
		s.Claim, _ = ParseClaim(data) // a torn claim is no claim
	} else if gone(err) {
		return s, err
	}
	if s.Set.Marked && len(tree.Odd) == 0 {
		if read := readManifest(ctx, store, s.Set); read.State == Incomplete {
			s.Set.State, s.Set.Manifest = Complete, read.Manifest
		}
	}
	return s, ctx.Err()
}

// below is the part of a tree under one of its folders, paths from there.
func (t Tree) below(dir string) Tree {
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

// readTrash reads what deletes and replacements have moved to trash.
func (inv *Inventory) readTrash(ctx context.Context, store providers.Store, work WorkDir) error {
	going := func(name string) error { return inv.readGoing(ctx, store, work, name) }
	return inv.inPart(eachEntry(ctx, store, work.Trash(), going, func(name string) error {
		k, run, replaced, err := ParseTrash(name)
		if err != nil {
			return nil
		}
		t := Trashed{Key: k, Path: path.Join(work.Trash(), name), Run: run, Replaced: replaced}
		tree, err := ReadTree(ctx, store, t.Path)
		if err != nil {
			return inv.unread(k.VM, err)
		}
		t.Files, t.Dirs, t.Stuck = tree.Files, tree.Dirs, tree.stuck()
		for _, f := range tree.Files {
			t.Marked = t.Marked || f.Path == ManifestName
		}
		inv.Trash = append(inv.Trash, t)
		return nil
	}))
}

// eachFolder calls do for each folder in dir; none where dir is missing. It ends
// with a NotWholeError where dir was listed in part.
func eachFolder(ctx context.Context, store providers.Store, dir string, do func(name string) error) error {
	return eachEntry(ctx, store, dir, func(string) error { return nil }, do)
}

// eachEntry calls file for each file in dir, and folder for each folder.
func eachEntry(ctx context.Context, store providers.Store, dir string, file, folder func(name string) error) error {
	entries, err := store.List(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	partial, part := errors.AsType[*providers.PartialListing](err)
	if part {
		entries = partial.Files
	}
	if err != nil && !part {
		return fmt.Errorf("work folder: %w", err)
	}
	for _, e := range entries {
		do := folder
		switch {
		case providers.CheckName(e.Name()) != nil:
			continue
		case e.Kind == providers.Regular:
			do = file
		case e.Kind != providers.Dir:
			continue
		}
		if err := do(e.Name()); err != nil {
			return fmt.Errorf("work folder: %w", err)
		}
	}
	if part {
		return &NotWholeError{fmt.Sprintf("work folder: %s", reason(err))}
	}
	return nil
}

// inPart notes of all VMs that a folder of ours was listed in part.
func (inv *Inventory) inPart(err error) error {
	partial, ok := errors.AsType[*NotWholeError](err)
	if !ok {
		return err
	}
	if inv.NotWhole == nil {
		inv.NotWhole = map[string]string{}
	}
	inv.NotWhole[AnyVM] = partial.Why
	return nil
}
