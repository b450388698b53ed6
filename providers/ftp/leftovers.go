package ftp

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// hiddenStore is the name under which ProFTPD 1.3.8 stores name as long as the
// upload runs, with `HiddenStores on`.
func hiddenStore(name string) string { return ".in." + name + "." }

func isHiddenStore(name string) bool {
	return len(name) > len(hiddenStore("")) && strings.HasPrefix(name, ".in.") && strings.HasSuffix(name, ".")
}

// RemoveLeftovers sends DELE for exactly these names, each in this directory. It
// asks nothing before: MLST follows links, and DELE does not.
func (s *Store) RemoveLeftovers(ctx context.Context, dir string, names []string) (removed []string, err error) {
	if err := s.checkEntry(dir); err != nil {
		return nil, s.fail("clean up leftovers in", dir, err)
	}
	var left []string
	err = s.do(ctx, func(ss *command.Session) error {
		left, err = leftovers(s, ss, dir, names)
		return err
	})
	if err != nil {
		return nil, s.fail("clean up leftovers in", dir, err)
	}
	for _, name := range left {
		err := s.do(ctx, func(ss *command.Session) error { return ss.DeleteFile(s.absolute(dir) + "/" + name) })
		switch {
		case err == nil:
			removed = append(removed, name)
		case !wire.Answered(err) || wire.IsLost(err):
			return removed, s.fail("remove", dir+"/"+name, err)
		}
	}
	return removed, nil
}

// leftovers are those that the listing shows, and those that it might not.
func leftovers(s *Store, ss *command.Session, dir string, names []string) ([]string, error) {
	files, err := s.tree.Folders.List(ss, s.absolute(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, providers.ErrListing) {
		return nil, err
	}
	var left []string
	for _, f := range files {
		if f.Kind == providers.Regular && isHiddenStore(f.Path) && !strings.ContainsAny(f.Path, "/\\\r\n\x00") {
			left = append(left, f.Path)
		}
	}
	for _, name := range names {
		hidden := hiddenStore(path.Base(name))
		if providers.CheckName(path.Base(name)) == nil && s.check(dir+"/"+path.Base(name)) == nil && len(hidden) <= 255 {
			left = append(left, hidden)
		}
	}
	slices.Sort(left)
	return slices.Compact(left), nil
}

var _ providers.Leftovers = (*Store)(nil)
