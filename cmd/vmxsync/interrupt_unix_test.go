//go:build unix

package main

import (
	"os"
	"syscall"
)

var interruptible *syscall.SysProcAttr

func canInterrupt() bool { return true }

func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }

func hangup(p *os.Process) error { return p.Signal(syscall.SIGHUP) }

// endedBySignal is the signal that ended a process; "" if none did.
func endedBySignal(s *os.ProcessState) string {
	if w := s.Sys().(syscall.WaitStatus); w.Signaled() && w.Signal() == syscall.SIGPIPE {
		return "SIGPIPE"
	}
	return ""
}
