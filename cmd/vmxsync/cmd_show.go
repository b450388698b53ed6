package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/diff/restore"
)

type showFlags struct {
	given
	format, only           string
	concise, summary, json bool
}

func showCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &showFlags{}
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
		Flags:              f.flags(),
		Action:             func(c *cli.Context) error { f.given = givenTo(c); return show(env, out, *f) },
	}
}

func show(env *session.Env, out *ui.UI, f showFlags) error {
	path, err := f.planArgument()
	if err != nil {
		return err
	}
	print, style, err := f.shown()
	if err != nil {
		return err
	}
	if restores, err := session.ReadRestore(env, path); restores != nil || err != nil {
		return f.showRestore(out, restores, err)
	}
	saved, doc, err := session.ReadPlan(env, path)
	if err != nil {
		return err
	}
	if f.json {
		return printPlanJSON(out, saved.Plan, doc)
	}
	style.Color, style.Width = out.Color, out.Width
	out.Print(styledPlan(saved.Plan, print, style))
	return nil
}

// showRestore prints the saved plan of a restore; err is why it could not be read.
func (f showFlags) showRestore(out *ui.UI, saved *planfile.SavedRestore, err error) error {
	switch {
	case err != nil:
		return err
	case f.json:
		text, err := json.MarshalIndent(saved, "", "  ")
		out.PrintJSON(string(text) + "\n")
		return err
	case f.only != "" || f.concise || f.summary:
		return failure.Usage(errors.New("-only, -concise and -summary are not for the plan of a restore"), "Leave them out.")
	case f.format == "text":
		out.Print(restoreText(out, saved.Plan))
		return nil
	}
	var b strings.Builder
	restoreForms[f.format](&b, saved.Plan, render.Style{}) // a Builder takes all
	out.Print(b.String())
	return nil
}

// formats are the formats of show besides text for a terminal.
var formats = map[string]form{"markdown": render.Markdown, "html": render.HTML}

var restoreForms = map[string]func(io.Writer, *restore.Plan, render.Style) error{"markdown": render.RestoreMarkdown, "html": render.RestoreHTML}

// shown returns how show prints a plan, and which part of it.
func (f showFlags) shown() (print form, style render.Style, err error) {
	for _, name := range []string{"format", "only", "concise", "summary"} {
		if f.json && f.set(name) {
			return nil, style, failure.Usage(fmt.Errorf("-json and -%s cannot be used together", name), "The JSON document is always complete. Leave out one of the two.")
		}
	}
	if style.Only, err = onlyAction(f.only); err != nil {
		return nil, style, err
	}
	name := f.format
	print = formats[name]
	switch {
	case name == "text":
		return planForm(f.summary, f.concise), style, nil
	case print == nil:
		err = failure.Usage(fmt.Errorf("invalid -format %q: want text, markdown or html", name), "For JSON: -json.")
	case f.concise || f.summary:
		err = failure.Usage(fmt.Errorf("-concise and -summary are for text, not for -format=%s", name), "Leave out one of the two.")
	}
	return print, style, err
}

// onlyAction returns the action of -only; 0: all.
func onlyAction(text string) (a diff.Action, err error) {
	if text == "" {
		return 0, nil
	}
	if a.UnmarshalText([]byte(text)) != nil {
		err = failure.Usage(fmt.Errorf("invalid -only %q: want create, update or delete", text), "Leave it out to show all changes.")
	}
	return a, err
}

// planArgument returns the plan file that the command was given.
func (f showFlags) planArgument() (string, error) {
	switch len(f.args) {
	case 0:
		return "", failure.Usage(errors.New("no plan file given"), "vmxsync "+f.command+" FILE, where FILE was written by vmxsync plan -out=FILE.")
	case 1:
		return f.first(), nil
	}
	return "", failure.Usage(f.tooMany(), "vmxsync "+f.command+" takes one plan file.")
}

func (f *showFlags) flags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Destination: &f.format, Usage: "output `FORMAT`: text, markdown (for a merge request) or html (a self-contained page)", Value: "text"},
		&cli.StringFlag{Name: "only", Destination: &f.only, Usage: "show only the changes with this `ACTION`: create, update or delete"},
		&cli.BoolFlag{Name: "concise", Destination: &f.concise, Usage: "print one line per set"},
		&cli.BoolFlag{Name: "summary", Destination: &f.summary, Usage: "print totals and notices only"},
		jsonFlag(&f.json, "print the plan as a JSON document"),
	}
}
