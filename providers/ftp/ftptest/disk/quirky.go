package disk

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// quirky is a disk on which some things go otherwise.
type quirky struct {
	plain
	options Options
}

func (q quirky) ReadDir(name string) ([]fs.FileInfo, error) {
	files, err := q.plain.ReadDir(name)
	for i, f := range files {
		if q.options.UpperListings {
			files[i] = renamed{f, strings.ToUpper(f.Name())}
		}
		if q.options.AheadClock {
			files[i] = ahead{files[i]}
		}
		if q.options.LinksAsTargets && f.Mode()&os.ModeSymlink != 0 {
			if target, err := q.Fs.Stat(path.Join(name, f.Name())); err == nil {
				files[i] = renamed{target, f.Name()}
			}
		}
	}
	if q.options.EmptyListings {
		files = nil
	}
	return files, err
}

func (q quirky) Stat(name string) (os.FileInfo, error) {
	info, err := q.plain.Stat(name)
	if err == nil && q.options.AheadClock {
		info = ahead{info}
	}
	return info, err
}

// LstatIfPossible implements afero.Lstater.
func (q quirky) LstatIfPossible(name string) (os.FileInfo, bool, error) {
	if q.options.AheadClock {
		info, err := q.Stat(name)
		return info, true, err
	}
	if q.options.LinksAsTargets {
		info, err := q.Fs.Stat(name)
		return info, true, err
	}
	return q.Fs.(afero.Lstater).LstatIfPossible(name)
}

func (q quirky) Mkdir(name string, perm os.FileMode) error {
	if q.options.MakesAgain {
		return q.Fs.MkdirAll(name, perm)
	}
	return q.plain.Mkdir(name, perm)
}

func (q quirky) Rename(from, to string) error {
	if q.options.NoRename || q.options.StaysInFolder && path.Dir(path.Clean(from)) != path.Dir(path.Clean(to)) {
		return &os.PathError{Op: "rename", Path: from, Err: syscall.EXDEV}
	}
	return q.plain.Rename(from, to)
}

func (q quirky) Remove(name string) error {
	if q.options.NoDelete {
		return &os.PathError{Op: "remove", Path: name, Err: syscall.EPERM}
	}
	return q.plain.Remove(name)
}

func (q quirky) RemoveDir(name string) error {
	switch {
	case q.options.NoDelete:
		return &os.PathError{Op: "rmdir", Path: name, Err: syscall.EPERM}
	case q.options.RemovesAll:
		return q.Fs.RemoveAll(name)
	}
	return q.plain.RemoveDir(name)
}

// ahead is a file whose time was written down by a clock that is three hours ahead.
type ahead struct{ fs.FileInfo }

func (a ahead) ModTime() time.Time { return a.FileInfo.ModTime().Add(3 * time.Hour) }

type renamed struct {
	fs.FileInfo
	name string
}

func (r renamed) Name() string { return r.name }
