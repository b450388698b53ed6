package main

import "github.com/urfave/cli/v2"

func (p *process) retentionCommand() *cli.Command {
	return &cli.Command{
		Name:  "retention",
		Usage: "explain and simulate a retention policy",
		Description: "Shows why each set is kept, and which sets a policy will keep over time.\n\n" +
			"   vmxsync retention explain dc01\n" +
			"   vmxsync retention simulate -policy=gfs",
		CustomHelpTemplate: groupExitCodes(),
		Action:             p.noSubcommand,
		Subcommands:        []*cli.Command{p.explainCommand(), p.simulateCommand()},
	}
}

func (p *process) noSubcommand(c *cli.Context) error { return cli.ShowSubcommandHelp(c) }
