//go:build !windows

package ui

import (
	"os"

	"golang.org/x/term"
)

// hasEscapes reports whether f obeys escape sequences: here, every terminal does.
func hasEscapes(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
