package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/vmxsync/vmxsync/providers"
)

// The numbers are those of Windows: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL,
// ERROR_DISK_QUOTA_EXCEEDED; ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION;
// ERROR_INVALID_NAME, ERROR_FILENAME_EXCED_RANGE.
var (
	fullErrors = []error{syscall.Errno(39), syscall.Errno(112), syscall.Errno(1295)}
	busyErrors = []error{syscall.Errno(32), syscall.Errno(33)}
	nameErrors = []error{syscall.Errno(123), syscall.Errno(206)}
)

// identity is not known: FileInfo holds no file index here.
func identity(fs.FileInfo) string { return "" }

// syncEntries does nothing: a directory cannot be synced here.
func syncEntries(*os.File) error { return nil }

// moved tells a folder in which a file is open from other errors of a move:
// Windows says that access is denied.
func moved(err error) error {
	if errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
		return fmt.Errorf("%w: %w", err, providers.ErrInUse)
	}
	return err
}

// unusable explains why Windows cannot hold p.
func unusable(p string) string {
	if i := strings.IndexAny(p, `<>:"|?*`); i >= 0 {
		return "contains " + p[i:i+1] + ", which Windows cannot hold"
	}
	if p != "." && !filepath.IsLocal(filepath.FromSlash(p)) {
		return "is reserved by Windows"
	}
	return ""
}
