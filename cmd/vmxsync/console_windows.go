package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// hasEscapes asks the console to obey escape sequences. Until Windows 11, one
// prints them as they are unless it is asked, and the oldest ones cannot do it.
func hasEscapes(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	const obey = windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return mode&obey != 0 || windows.SetConsoleMode(console, mode|obey) == nil
}
