//go:build unix

package external

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps the interrupt of a terminal away from the program, which has
// to end by our hand and with all that it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
