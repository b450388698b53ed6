package flags_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/diff/flags"
)

// A command that is printed is copied into a shell.
func TestQuoted_isSafeInAShell(t *testing.T) {
	for address, want := range map[string]string{
		"nas/Bart/2026-11-21-010000": "nas/Bart/2026-11-21-010000",
		"nas/Köln_2":                 "nas/Köln_2",
		"nas/web 1":                  `"nas/web 1"`,
		"nas/web(1)":                 `"nas/web(1)"`,
		"nas/a,b":                    `"nas/a,b"`,
		"nas/*":                      `"nas/*"`,
		"nas/it's":                   `"nas/it's"`,
		"nas/a$b":                    "'nas/a$b'",
		"nas/a`b":                    "'nas/a`b'",
		`nas/a\b`:                    `'nas/a\b'`,
	} {
		if got := flags.Quoted(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}
