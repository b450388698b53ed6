package ui

import (
	"os"

	"golang.org/x/sys/windows"
)

// hasEscapes asks the console to obey escape sequences, and reports whether it does.
// Until Windows 11, a console prints them unless it is asked; the oldest ones cannot
// obey them.
func hasEscapes(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	const obey = windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return mode&obey != 0 || windows.SetConsoleMode(console, mode|obey) == nil
}
