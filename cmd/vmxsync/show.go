package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
)

func (p *process) show(c *cli.Context) error {
	path, err := planArgument(c)
	if err != nil {
		return err
	}
	saved, doc, err := p.readPlan(path)
	if err != nil {
		return err
	}
	text := string(doc)
	if !c.Bool("json") {
		text = p.planText(saved.Plan)
	}
	p.voice.print(text)
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

func (p *process) planText(plan *diff.Plan) string {
	var b strings.Builder
	render.Text(&b, plan, render.Style{Color: p.voice.color, Width: p.voice.width}) // a Builder takes all
	return b.String()
}
