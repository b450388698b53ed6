package main

import (
	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

func retentionCommand(env *session.Env, out *ui.UI) *cli.Command {
	return &cli.Command{
		Name:  "retention",
		Usage: "explain and simulate a retention policy",
		Description: "Shows why each set is kept, and which sets a policy will keep over time.\n\n" +
			"   vmxsync retention explain dc01\n" +
			"   vmxsync retention simulate -policy=gfs",
		CustomHelpTemplate: groupExitCodes(),
		Action:             func(c *cli.Context) error { return cli.ShowSubcommandHelp(c) },
		Subcommands:        []*cli.Command{explainCommand(env, out), simulateCommand(env, out)},
	}
}
