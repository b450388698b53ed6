package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// exitCodes is the help template of a command with its exit codes; special are the
// lines for the codes besides 0 and 1.
func exitCodes(special ...string) string { return cli.CommandHelpTemplate + listed(special) }

// groupExitCodes is exitCodes for a command with subcommands.
func groupExitCodes() string { return cli.SubcommandHelpTemplate + listed(nil) }

func listed(special []string) string {
	lines := append([]string{"0    done, or nothing to do", "1    error"}, special...)
	return "\nEXIT CODES:\n   " + strings.Join(lines, "\n   ") + "\n"
}
