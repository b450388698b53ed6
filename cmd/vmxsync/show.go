package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/diff/render"
)

func (p *process) showCommand() *cli.Command {
	return &cli.Command{
		Name:      "show",
		Usage:     "print a saved plan",
		ArgsUsage: "FILE",
		Description: "Prints the plan as the plan command did. Needs no configuration and connects to no server.\n\n" +
			"   vmxsync show plan.out\n" +
			"   vmxsync show plan.out -json\n" +
			"   vmxsync show plan.out -only=delete\n" +
			"   vmxsync show plan.out -format=markdown   (for a merge request)",
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
	print, style, err := shown(c)
	if err != nil {
		return err
	}
	saved, doc, err := p.readPlan(path)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return p.printPlanJSON(saved.Plan, doc)
	}
	style.Color, style.Width = p.ui.color, p.ui.width
	p.ui.print(planText(saved.Plan, print, style))
	return nil
}

// printPlanJSON prints the document of a plan, with its steps.
func (p *process) printPlanJSON(plan *diff.Plan, doc []byte) error {
	text, err := planfile.WithSteps(doc, plan)
	if err != nil {
		return failure("The plan cannot be printed", err)
	}
	p.ui.printJSON(string(text))
	return nil
}

// formats are the formats of show besides text for a terminal.
var formats = map[string]form{"markdown": render.Markdown, "html": render.HTML}

// shown returns how show prints a plan, and which part of it.
func shown(c *cli.Context) (print form, style render.Style, err error) {
	for _, f := range []string{"format", "only", "concise", "summary"} {
		if c.Bool("json") && c.IsSet(f) {
			return nil, style, wrongUsage(fmt.Errorf("-json and -%s cannot be used together", f), "The JSON document is always complete. Leave out one of the two.")
		}
	}
	if style.Only, err = onlyAction(c.String("only")); err != nil {
		return nil, style, err
	}
	name := c.String("format")
	print = formats[name]
	switch {
	case name == "text":
		return planForm(c), style, nil
	case print == nil:
		err = wrongUsage(fmt.Errorf("invalid -format %q: want text, markdown or html", name), "For JSON: -json.")
	case c.Bool("concise") || c.Bool("summary"):
		err = wrongUsage(fmt.Errorf("-concise and -summary are for text, not for -format=%s", name), "Leave out one of the two.")
	}
	return print, style, err
}

// onlyAction returns the action of -only; 0: all.
func onlyAction(text string) (a diff.Action, err error) {
	if text == "" {
		return 0, nil
	}
	if a.UnmarshalText([]byte(text)) != nil {
		err = wrongUsage(fmt.Errorf("invalid -only %q: want create, update or delete", text), "Leave it out to show all changes.")
	}
	return a, err
}

// planArgument returns the plan file that the command was given.
func planArgument(c *cli.Context) (string, error) {
	switch c.NArg() {
	case 0:
		return "", wrongUsage(errNoPlanFile, "vmxsync "+c.Command.Name+" FILE, where FILE was written by vmxsync plan -out=FILE.")
	case 1:
		return c.Args().First(), nil
	}
	return "", wrongUsage(tooMany(c), "vmxsync "+c.Command.Name+" takes one plan file.")
}

// form prints a plan, in full or in part.
type form func(io.Writer, *diff.Plan, render.Style) error

// planForm returns the form that the flags ask for.
func planForm(c *cli.Context) form {
	switch {
	case c.Bool("summary"):
		return render.Summary
	case c.Bool("concise"):
		return render.Concise
	}
	return render.Text
}

// brief returns the form for an apply: short if nobody may be reading it.
func (p *process) brief() form {
	if isTerminal(p.stdout) {
		return render.Text
	}
	return render.Concise
}

func (p *process) planText(plan *diff.Plan, print form) string {
	return planText(plan, print, render.Style{Color: p.ui.color, Width: p.ui.width})
}

func planText(plan *diff.Plan, print form, style render.Style) string {
	var b strings.Builder
	print(&b, plan, style) // a Builder takes all
	return b.String()
}

func showFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Usage: "output `FORMAT`: text, markdown (for a merge request) or html (a self-contained page)", Value: "text"},
		&cli.StringFlag{Name: "only", Usage: "show only the changes with this `ACTION`: create, update or delete"},
		&cli.BoolFlag{Name: "concise", Usage: "print one line per set"},
		&cli.BoolFlag{Name: "summary", Usage: "print totals and notices only"},
		jsonFlag("print the plan as a JSON document"),
	}
}
