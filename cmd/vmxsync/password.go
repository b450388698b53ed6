package main

import (
	"io"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// passwordFrom asks for a password without showing it; nil if stdin is no terminal.
func passwordFrom(out *ui.UI, stdin io.Reader) func(prompt string) (string, error) {
	f, ok := stdin.(*os.File)
	if !ok || !ui.IsTerminal(stdin) {
		return nil
	}
	return func(prompt string) (string, error) {
		out.Logf(slog.LevelInfo, "%s", prompt)
		text, err := term.ReadPassword(int(f.Fd()))
		return strings.TrimRight(string(text), "\r\n"), err
	}
}
