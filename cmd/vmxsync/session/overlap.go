package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
)

// checkOverlaps refuses folders that are the same or of which one contains another: the sets
// of a destination would be read as backups, rotated twice, or deleted at the source.
// The paths in the configuration were compared already; this asks the disk, where a
// link gives one folder two names.
func checkOverlaps(stores map[string]providers.Store) error {
	var names []string
	folders := map[string]string{}
	for name, store := range stores {
		if f, ok := providers.As[providers.Folder](store); ok {
			names = append(names, name)
			folders[name] = f.Folder()
		}
	}
	slices.Sort(names)
	for i, a := range names {
		for _, b := range names[i+1:] {
			inside, err := overlap(folders[a], folders[b])
			if err != nil {
				return failure.New("The folders of two places cannot be compared", err)
			}
			if inside {
				return failure.New("Two places share a folder", failure.Hinted(fmt.Errorf("%s (%s) and %s (%s): the folders are the same, or one contains the other",
					a, folders[a], b, folders[b]), "Give each place a folder of its own; a link points to the same folder."))
			}
		}
	}
	return nil
}

// overlap reports whether two folders are the same, or one contains the other. It
// follows links.
func overlap(a, b string) (bool, error) {
	a, errA := filepath.EvalSymlinks(a)
	b, errB := filepath.EvalSymlinks(b)
	if err := errors.Join(errA, errB); err != nil {
		return false, err
	}
	inside, err := contains(a, b)
	if inside || err != nil {
		return inside, err
	}
	return contains(b, a)
}

// contains reports whether inner is outer or lies below it, by device and inode: a
// bind mount has two paths too.
func contains(outer, inner string) (bool, error) {
	top, err := os.Stat(outer)
	if err != nil {
		return false, err
	}
	for {
		info, err := os.Stat(inner)
		if err != nil {
			return false, err
		}
		if os.SameFile(top, info) {
			return true, nil
		}
		parent := filepath.Dir(inner)
		if parent == inner {
			return false, nil
		}
		inner = parent
	}
}
