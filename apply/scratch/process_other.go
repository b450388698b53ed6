//go:build !windows

package scratch

import (
	"errors"
	"os"
	"syscall"
)

// alive reports whether a process of this machine may still run.
func alive(pid int) bool {
	if pid <= 0 {
		return true // not known
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	err = p.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}
