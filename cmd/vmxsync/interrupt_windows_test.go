package main

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// interruptible: a group of its own is the address of an interrupt, which would
// reach the test itself otherwise.
var interruptible = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}

func canInterrupt() bool {
	console, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	return err == nil && console.Close() == nil
}

// interrupt is what Ctrl+Break does; a group of its own does not hear Ctrl+C.
func interrupt(p *os.Process) error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.Pid))
}

func hangup(*os.Process) error { return errors.ErrUnsupported }

func endedBySignal(*os.ProcessState) string { return "" }
