package main

import (
	"bytes"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
)

type validateFlags struct {
	given
	vars []hclconfig.VarArg
	json bool
}

func validateCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &validateFlags{}
	return &cli.Command{
		Name:  "validate",
		Usage: "check the configuration",
		Description: "Prints all problems of the configuration at once. Connects to no server and opens no folder of backups.\n\n" +
			"   vmxsync validate\n" +
			"   vmxsync validate -json   (for editors and CI)",
		CustomHelpTemplate: exitCodes(),
		Flags:              append(varFlags(&f.vars), jsonFlag(&f.json, "print one JSON document")),
		Action:             func(c *cli.Context) error { f.given = givenTo(c); return validate(env, out, *f) },
	}
}

func validate(env *session.Env, out *ui.UI, f validateFlags) error {
	if err := f.noArguments(); err != nil {
		return err
	}
	_, diags := env.Load(f.vars)
	if f.json {
		var doc bytes.Buffer
		if err := diag.WriteJSON(&doc, diags); err != nil {
			return err
		}
		out.PrintJSON(doc.String())
	} else {
		out.Diagnose(diags)
	}
	if diags.HasErrors() {
		return failure.Failed
	}
	if !f.json {
		out.Result("Success! The configuration is valid.\n")
	}
	return nil
}
