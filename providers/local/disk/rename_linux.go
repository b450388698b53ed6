package disk

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// renameTo renames in one step that the kernel refuses where to is there. File
// systems that cannot do that (NFS, SMB) get an ordinary rename.
func renameTo(root *os.Root, from, to string) error {
	old, err := root.Open(path.Dir(from))
	if err != nil {
		return err
	}
	defer old.Close()
	parent, err := root.Open(path.Dir(to))
	if err != nil {
		return err
	}
	defer parent.Close()
	err = renameNoReplace(old, path.Base(from), parent, path.Base(to))
	switch {
	case errors.Is(err, unix.EEXIST):
		return fs.ErrExist
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOTSUP):
		return root.Rename(from, to)
	}
	return err
}

func renameNoReplace(old *os.File, from string, parent *os.File, to string) error {
	return unix.Renameat2(int(old.Fd()), from, int(parent.Fd()), to, unix.RENAME_NOREPLACE)
}
