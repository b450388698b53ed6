package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff/planfile"
)

func (p *process) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version",
		Description: "Prints the version, and with -json that of the plan files which it reads and writes.\n\n" +
			"   vmxsync version -json",
		CustomHelpTemplate: exitCodes(),
		Flags:              []cli.Flag{jsonFlag("print one JSON document")},
		Action:             p.version,
	}
}

func (p *process) version(c *cli.Context) error {
	if !c.Bool("json") {
		p.ui.print(fmt.Sprintf("vmxsync v%s\non %s_%s\n", version, runtime.GOOS, runtime.GOARCH))
		return nil
	}
	doc, err := json.MarshalIndent(map[string]string{
		"vmxsync_version": version,
		"platform":        runtime.GOOS + "_" + runtime.GOARCH,
		"plan_format":     planfile.Format,
	}, "", "  ")
	p.ui.print(string(doc) + "\n")
	return err
}
