package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// Folder is the folder of one drill.
type Folder struct {
	to   string // absolute: the folder that it is in
	name string
	mark Mark
}

// Path is the absolute path of the folder.
func (f Folder) Path() string { return filepath.Join(f.to, f.name) }

// prefix begins the names of the folders of a drill; the id of a run follows.
func prefix(drill string) string { return "vmxsync-drill-" + drill + "-" }

// Make makes a folder of a drill below to, which must be there: a disk that is not mounted must
// not be made up for by the one below it. The process of the mark is this one.
func Make(to string, m Mark) (Folder, error) {
	m.PID = os.Getpid()
	f := Folder{to: to, name: prefix(m.Drill) + m.Run, mark: m}
	if err := os.Mkdir(f.Path(), 0o777); err != nil {
		return f, err
	}
	mark := filepath.Join(f.Path(), MarkName)
	if err := os.WriteFile(mark, m.encode(), 0o666); err != nil { // a part of it may be there
		os.Remove(mark)
		return f, errors.Join(err, os.Remove(f.Path()))
	}
	return f, nil
}

// Delete deletes the folder with all that is in it, if it is still the folder of its mark.
func (f Folder) Delete() error {
	if err := f.delete(); err != nil {
		return providers.WithHint(fmt.Errorf("%s: %w", f.Path(), err), "The next run of this drill tries again. Or look what is in it, and delete it by hand.")
	}
	return nil
}

func (f Folder) delete() error {
	root, err := os.OpenRoot(f.to)
	if err != nil {
		return err
	}
	defer root.Close()
	mark, err := readMark(root, f.name)
	if err != nil {
		return err
	}
	if mark != f.mark {
		return errors.New("it has the mark of another drill now")
	}
	if mounted := mountBelow(f.Path()); mounted != "" {
		return fmt.Errorf("a file system is mounted at %s: nothing was deleted", providers.Escape(mounted))
	}
	entries, err := fs.ReadDir(root.FS(), f.name)
	if err != nil {
		return err
	}
	for _, e := range entries { // the mark last: an interrupt leaves a folder that is known
		if e.Name() != MarkName {
			if err := root.RemoveAll(path.Join(f.name, e.Name())); err != nil {
				return err
			}
		}
	}
	return errors.Join(root.Remove(path.Join(f.name, MarkName)), root.Remove(f.name))
}

// Left are the folders below to that an earlier run of the same drill has left, because it
// was killed. kept says of other folders with such a name why they are left alone.
func Left(to string, m Mark) (left []Folder, kept []error, err error) {
	root, err := os.OpenRoot(to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, nil, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() || !strings.HasPrefix(e.Name(), prefix(m.Drill)) })
	for _, e := range entries {
		mark, err := readMark(root, e.Name())
		f := Folder{to, e.Name(), mark}
		switch why := f.keptFor(m, err); {
		case err == nil && mark.isOther(m):
		case why != nil:
			kept = append(kept, fmt.Errorf("%s: %w", f.Path(), why))
		default:
			left = append(left, f)
		}
	}
	return left, kept, nil
}

// isOther reports whether the folder belongs to a drill of another name, or of another
// configuration: it is none of ours.
func (m Mark) isOther(ours Mark) bool { return m.Drill != ours.Drill || m.Site != ours.Site }

// keptFor is why the folder is not deleted for a drill; nil if it is. err is why it has no
// mark.
func (f Folder) keptFor(ours Mark, err error) error {
	switch m := f.mark; {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("it has the name of a folder of this drill, and no mark of it")
	case err != nil:
		return err
	case f.name != prefix(m.Drill)+m.Run:
		return errors.New("it was renamed since it was made")
	case m.Host != ours.Host:
		return fmt.Errorf("it was made on %s", providers.Escape(m.Host))
	case alive(m.PID):
		return fmt.Errorf("process %d, which made it, may still run", m.PID)
	}
	return nil
}
