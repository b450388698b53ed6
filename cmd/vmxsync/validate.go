package main

import (
	"bytes"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func (p *process) validateCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:  "validate",
		Usage: "check the configuration",
		Description: "Prints all problems of the configuration at once. Connects to no server and opens no folder of backups.\n\n" +
			"   vmxsync validate\n" +
			"   vmxsync validate -json   (for editors and CI)",
		CustomHelpTemplate: exitCodes(),
		Flags:              append(varFlags(&args.vars), jsonFlag("print one JSON document")),
		Action:             func(c *cli.Context) error { return p.validate(c, args) },
	}
}

func (p *process) validate(c *cli.Context, args arguments) error {
	if err := noArguments(c); err != nil {
		return err
	}
	_, _, diags := p.load(c, args)
	if c.Bool("json") {
		var doc bytes.Buffer
		if err := diag.WriteJSON(&doc, diags); err != nil {
			return err
		}
		p.ui.printJSON(doc.String())
	} else {
		p.ui.diagnose(diags)
	}
	if diags.HasErrors() {
		return exitStatus(exitError)
	}
	if !c.Bool("json") {
		p.ui.result("Success! The configuration is valid.\n")
	}
	return nil
}

// configuration loads the configuration, or fails with all its problems. It prints
// warnings.
func (p *process) configuration(c *cli.Context, args arguments) (*state.Spec, providers.Secrets, error) {
	spec, secrets, diags := p.load(c, args)
	if diags.HasErrors() {
		return nil, nil, invalidConfig(diags)
	}
	if p.ui.level >= levelWarn {
		p.ui.diagnose(diags)
	}
	return spec, secrets, nil
}
