//go:build unix

package group

import (
	"os/exec"
	"syscall"
)

// Own keeps the interrupt of a terminal away from the program, which has
// to end by our hand and with all that it started.
func Own(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
