//go:build !windows

package logfile

import "os"

// openShared opens the log for its end.
func openShared(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
}
