package main

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// interruptible gives the process a group of its own, which receives the interrupt;
// otherwise the test itself would receive it.
var interruptible = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}

func canInterrupt() bool {
	console, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	return err == nil && console.Close() == nil
}

// interrupt sends Ctrl+Break; a process group of its own does not receive Ctrl+C.
func interrupt(p *os.Process) error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.Pid))
}

func hangup(*os.Process) error { return errors.ErrUnsupported }

func endedBySignal(*os.ProcessState) string { return "" }
