package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

func completionCommand(out *ui.UI) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a completion script for a shell",
		ArgsUsage: "bash|zsh|fish|powershell",
		Description: "Prints a script that completes commands and flags in the shell.\n\n" +
			"   vmxsync completion bash > /etc/bash_completion.d/vmxsync\n" +
			"   vmxsync completion zsh > \"${fpath[1]}/_vmxsync\"\n" +
			"   vmxsync completion fish > ~/.config/fish/completions/vmxsync.fish\n" +
			"   vmxsync completion powershell >> $PROFILE",
		CustomHelpTemplate: exitCodes(),
		Action:             func(c *cli.Context) error { return completion(out, c.Args().Slice()) },
	}
}

func completion(out *ui.UI, args []string) error {
	const hint = "Name one: bash, zsh, fish or powershell."
	if len(args) != 1 {
		return failure.Usage(errors.New("no shell given, or more than one"), hint)
	}
	script, err := cmdline.Script(args[0])
	if errors.Is(err, fs.ErrNotExist) {
		return failure.Usage(fmt.Errorf("there is no completion for %q", args[0]), hint)
	}
	out.Print(string(script))
	return err
}
