//go:build !windows

package logfile

import (
	"os"

	"github.com/vmxsync/vmxsync/providers/regular"
)

// openShared opens the log for its end.
func openShared(path string) (*os.File, error) {
	return regular.Write(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
}
