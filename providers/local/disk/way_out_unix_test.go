//go:build unix

package disk_test

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// A stale mount is a place that cannot be reached; a bad sector, and a file without
// permission, are about the file.
func TestUnreadable(t *testing.T) {
	for _, c := range []struct {
		err  syscall.Errno
		away bool
	}{{syscall.ESTALE, true}, {syscall.ENOTCONN, true}, {syscall.EIO, false}, {syscall.EACCES, false}} {
		err := disk.Unreadable(&fs.PathError{Op: "read", Path: "a", Err: c.err}, "/mnt/nas")
		if errors.Is(err, providers.ErrUnreachable) != c.away || providers.Hint(err) == "" || !errors.Is(err, c.err) {
			t.Errorf("%v: got %v, away %t, hint %q", c.err, err, errors.Is(err, providers.ErrUnreachable), providers.Hint(err))
		}
	}
}
