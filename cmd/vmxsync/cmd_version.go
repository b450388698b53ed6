package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
)

func versionCommand(out *ui.UI) *cli.Command {
	asJSON := false
	return &cli.Command{
		Name:  "version",
		Usage: "print the version",
		Description: "Prints the version, and with -json that of the plan files which it reads and writes.\n\n" +
			"   vmxsync version -json",
		CustomHelpTemplate: exitCodes(),
		Flags:              []cli.Flag{jsonFlag(&asJSON, "print one JSON document")},
		Action:             func(*cli.Context) error { return printVersion(out, asJSON) },
	}
}

func printVersion(out *ui.UI, asJSON bool) error {
	if !asJSON {
		out.Print(fmt.Sprintf("vmxsync v%s\non %s_%s\n", version, runtime.GOOS, runtime.GOARCH))
		return nil
	}
	doc, err := json.MarshalIndent(map[string]string{
		"vmxsync_version": version,
		"platform":        runtime.GOOS + "_" + runtime.GOARCH,
		"plan_format":     diff.Format,
	}, "", "  ")
	out.Print(string(doc) + "\n")
	return err
}
