package disk

import (
	"os"
	"syscall"

	"github.com/spf13/afero"
)

// plain tells files and directories apart when they are deleted, as real
// servers do: DELE of a directory is refused, and so is RMD of a file.
type plain struct {
	afero.Fs
	ghosts *Ghosts

	filesRenameOnly bool
	restEmpties     bool
	room            room
}

// OpenFile serves uploads, with O_TRUNC or after a REST without it. ftp-srv 4.6
// opens both with the flags "w+".
func (d plain) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if d.restEmpties && flag&os.O_WRONLY != 0 && flag&os.O_APPEND == 0 {
		flag |= os.O_TRUNC
	}
	f, err := d.Fs.OpenFile(name, flag, perm)
	if err != nil || d.room == 0 || flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		return f, err
	}
	return limitedFile{f, d}, nil
}

// Rename refuses folders if the options ask for it.
func (d plain) Rename(from, to string) error {
	if info, err := d.Fs.Stat(from); d.filesRenameOnly && err == nil && info.IsDir() {
		return &os.PathError{Op: "rename", Path: from, Err: syscall.EPERM}
	}
	return d.Fs.Rename(from, to)
}

func (d plain) Remove(name string) error {
	if err := d.expectDir(name, false); err != nil {
		return err
	}
	return d.Fs.Remove(name)
}

// RemoveDir implements ftpserver.ClientDriverExtensionRemoveDir.
func (d plain) RemoveDir(name string) error {
	if err := d.expectDir(name, true); err != nil {
		return err
	}
	return d.Fs.Remove(name)
}

func (d plain) expectDir(name string, want bool) error {
	info, _, err := d.Fs.(afero.Lstater).LstatIfPossible(name)
	if err != nil {
		return err
	}
	switch {
	case info.IsDir() && !want:
		return &os.PathError{Op: "remove", Path: name, Err: syscall.EISDIR}
	case !info.IsDir() && want:
		return &os.PathError{Op: "rmdir", Path: name, Err: syscall.ENOTDIR}
	}
	return nil
}
