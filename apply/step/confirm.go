package step

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// Confirm proves that the files of sets of one VM may be deleted, which this run has moved to
// trash or marked: their folder is listed once, shows none of those that were moved, and all
// others that the group has; and the newest min_keep of these are listed, if they were not in
// the last second. Where anything is missing, the group is read again, and each delete is
// justified anew. A set whose delete is not justified any more is moved back.
//
// It returns the error of each set, in their order, and until when the proof counts.
func Confirm(ctx context.Context, deletions []task.Task) (errs []error, until time.Time) {
	first := trash{deletions[0]}
	began := first.Now()
	group, listed, err := first.left(ctx, deletions)
	errs = make([]error, len(deletions))
	for i, t := range deletions {
		t := trash{t}
		switch {
		case err != nil:
			errs[i] = err
		case t.Step.Op == diff.OpTrash && listed[t.Step.From]:
			errs[i] = remote.NotShown(t.Step.From, t.Step.To)
		default:
			errs[i] = t.stillJustified(ctx, group)
		}
		if errs[i] != nil {
			first.Learned.SetGroup(first.Scope(), nil)
		}
	}
	return errs, task.CountsUntil(began, first.Now(), len(listed))
}

// left are the sets of the VM that were not deleted, and what is listed beside those that
// were.
func (t trash) left(ctx context.Context, deletions []task.Task) (*task.Sets, map[string]bool, error) {
	listed, err := list(ctx, deletions)
	if err != nil {
		return nil, nil, err
	}
	if group := t.Learned.Group(t.Scope()); group != nil && shows(listed, group) && t.newestAsRead(ctx, group) {
		return group, listed.paths, nil
	}
	t.Learned.SetGroup(t.Scope(), nil)
	group, err := t.group(ctx)
	return group, listed.paths, err
}

// listing is what the folders of sets hold.
type listing struct{ folders, paths map[string]bool }

// list lists the folders of the old names of sets.
func list(ctx context.Context, deletions []task.Task) (listing, error) {
	l := listing{map[string]bool{}, map[string]bool{}}
	for _, t := range deletions {
		folder := path.Dir(t.Step.From)
		if l.folders[folder] {
			continue
		}
		l.folders[folder] = true
		entries, err := t.Store.List(ctx, folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return listing{}, err
		}
		for _, e := range entries {
			l.paths[e.Path] = true
		}
	}
	return l, nil
}

// shows reports whether all sets of a group are listed, if their folders are.
func shows(l listing, group *task.Sets) bool {
	for s := range group.Newest() {
		if !l.paths[s.Path] && l.folders[path.Dir(s.Path)] {
			return false
		}
	}
	return true
}

// newestAsRead reports whether the newest min_keep sets of a group that was not read in the
// last second are as they were: their files may be gone, though their folders are listed.
func (t trash) newestAsRead(ctx context.Context, group *task.Sets) bool {
	if t.Group.MinKeep == nil || !t.Now().After(task.CountsUntil(group.Began, group.Began, 0)) {
		return true
	}
	left := *t.Group.MinKeep
	for was := range group.Newest() {
		if left <= 0 {
			break
		}
		if !t.counts(was) && !t.trusted(was) {
			continue
		}
		left--
		is, err := remote.ReadSet(ctx, t.Store, was.Key, was.Path)
		if err != nil || is.Marked != was.Marked || !state.SameContent(is.Files, was.Files) {
			return false
		}
	}
	return true
}

// stillJustified justifies a delete again after the set was moved to trash or marked, and
// moves it back from trash if that fails.
func (t trash) stillJustified(ctx context.Context, group *task.Sets) error {
	err := allKnown(group)
	if err == nil {
		err = t.justified(ctx, group)
	}
	if err == nil || !t.Upload.Trashed || ctx.Err() != nil {
		return err
	}
	return errors.Join(err, t.putBack(ctx))
}

// putBack moves the set from trash to its final name.
func (t trash) putBack(ctx context.Context) error {
	if err := remote.Absent(ctx, t.Store, t.Step.From); err != nil {
		return err
	}
	if err := remote.RenameFolder(ctx, t.Store, t.Place.WorkDir, t.Step.To, t.Step.From); err != nil {
		return err
	}
	t.Upload.Trashed = false
	return nil
}
