package disk

import (
	"io/fs"
	"os"
	"runtime"

	"github.com/vmxsync/vmxsync/providers"
)

const (
	anyFile fs.FileMode = 0o666 // less the umask
	anyDir  fs.FileMode = 0o777
)

// FileMode are the permissions of a file that is made for a body, before the
// umask: those of its original, which its owner can write here.
func FileMode(body providers.Body) fs.FileMode {
	mode := providers.ModeOf(body)
	if mode == 0 || runtime.GOOS == "windows" {
		return anyFile
	}
	return mode&anyFile | 0o600
}

// DirMode lets those enter a folder who may read a file in it.
func DirMode(file fs.FileMode) fs.FileMode {
	if file == anyFile {
		return anyDir
	}
	return file | file>>2&0o111 | 0o700
}

// restrict removes the permissions from an existing file that its original does not allow.
func restrict(f *os.File, mode fs.FileMode) error {
	if mode == anyFile {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if is := info.Mode().Perm(); is&^mode != 0 {
		return f.Chmod(is & mode)
	}
	return nil
}
