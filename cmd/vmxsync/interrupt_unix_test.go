//go:build unix

package main

import (
	"os"
	"syscall"
)

var interruptible *syscall.SysProcAttr

func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }
