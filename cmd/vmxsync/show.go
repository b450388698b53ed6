package main

import (
	"errors"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
)

func (p *process) showCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "print a saved plan",
		ArgsUsage: "FILE",
		Description: "Prints the plan as the plan command did. Needs no configuration and asks no server.\n\n" +
			"   vmxsync show plan.out\n" +
			"   vmxsync show plan.out -json",
		CustomHelpTemplate: exitCodes(),
		Flags:              showFlags(),
		Action:             p.show,
	}
}

var errNoPlanFile = errors.New("no plan file given")

func (p *process) show(c *cli.Context) error {
	path, err := planArgument(c)
	if err != nil {
		return err
	}
	saved, doc, err := p.readPlan(path)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		p.voice.printJSON(string(doc))
		return nil
	}
	p.voice.print(p.planText(saved.Plan, planForm(c)))
	return nil
}

// planArgument is the one plan file that a command was given.
func planArgument(c *cli.Context) (string, error) {
	switch c.NArg() {
	case 0:
		return "", wrongUsage(errNoPlanFile, "vmxsync "+c.Command.Name+" FILE, where FILE was written by vmxsync plan -out=FILE.")
	case 1:
		return c.Args().First(), nil
	}
	return "", wrongUsage(tooMany(c), "vmxsync "+c.Command.Name+" takes one plan file.")
}

// form is how much of a plan is printed.
type form func(io.Writer, *diff.Plan, render.Style) error

// planForm is the form that the flags ask for.
func planForm(c *cli.Context) form {
	switch {
	case c.Bool("summary"):
		return render.Summary
	case c.Bool("concise"):
		return render.Concise
	}
	return render.Text
}

// brief is the form for an apply: what nobody may read is kept short.
func (p *process) brief() form {
	if isTerminal(p.stdout) {
		return render.Text
	}
	return render.Concise
}

func (p *process) planText(plan *diff.Plan, print form) string {
	var b strings.Builder
	print(&b, plan, render.Style{Color: p.voice.color, Width: p.voice.width}) // a Builder takes all
	return b.String()
}

func showFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "concise", Usage: "print one line a set"},
		&cli.BoolFlag{Name: "summary", Usage: "print the sums and notices only"},
		jsonFlag("print the plan document"),
	}
}
