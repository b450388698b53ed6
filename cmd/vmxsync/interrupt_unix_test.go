//go:build unix

package main

import (
	"os"
	"syscall"
)

var interruptible *syscall.SysProcAttr

func canInterrupt() bool { return true }

func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }
