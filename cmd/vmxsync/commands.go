package main

import (
	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/hclconfig"
)

// arguments are the values of -var and -var-file of one command.
type arguments struct{ vars []hclconfig.VarArg }

// commands returns the commands of the program, in the order of the help. Each is
// described in the file of its name.
func (p *process) commands() []*cli.Command {
	return []*cli.Command{
		p.initCommand(),
		p.validateCommand(),
		p.planCommand(),
		p.applyCommand(),
		p.showCommand(),
		p.listCommand(),
		p.statusCommand(),
		p.checkCommand(),
		p.retentionCommand(),
		p.fmtCommand(),
		p.forceUnlockCommand(),
		p.completionCommand(),
		p.versionCommand(),
	}
}
