//go:build unix

package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

var (
	fullErrors = []error{syscall.ENOSPC, syscall.EDQUOT}
	busyErrors = []error{syscall.EBUSY, syscall.ETXTBSY}
	nameErrors = []error{syscall.ENAMETOOLONG, syscall.EILSEQ}
)

// identity is device and inode: it survives a rename and not an exchange.
func identity(info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d:%d", st.Dev, st.Ino)
	}
	return ""
}

// syncEntries syncs a directory. Some network and user-space file systems
// cannot, and report that by EINVAL or ENOTSUP.
func syncEntries(dir *os.File) error {
	err := dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// moved is the error of a move as it is.
func moved(err error) error { return err }

// unusable explains why p cannot be held here; all that providers.CheckPath
// passes can.
func unusable(string) string { return "" }
