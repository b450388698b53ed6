//go:build !windows

package main

import (
	"os"

	"golang.org/x/term"
)

// hasEscapes: whatever is a terminal obeys escape sequences here.
func hasEscapes(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
