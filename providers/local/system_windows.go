package local

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// The numbers are those of Windows: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL,
// ERROR_DISK_QUOTA_EXCEEDED; ERROR_INVALID_NAME, ERROR_FILENAME_EXCED_RANGE.
var (
	fullErrors = []error{syscall.Errno(39), syscall.Errno(112), syscall.Errno(1295)}
	nameErrors = []error{syscall.Errno(123), syscall.Errno(206)}
)

// identity is not known: FileInfo holds no file index here.
func identity(fs.FileInfo) string { return "" }

// syncEntries does nothing: a directory cannot be synced here.
func syncEntries(*os.File) error { return nil }

// unusable tells why Windows cannot hold p.
func unusable(p string) string {
	if i := strings.IndexAny(p, `<>:"|?*`); i >= 0 {
		return "contains " + p[i:i+1] + ", which Windows cannot hold"
	}
	if p != "." && !filepath.IsLocal(filepath.FromSlash(p)) {
		return "is reserved by Windows"
	}
	return ""
}
