package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/hclconfig"
)

type explainFlags struct {
	given
	vars                []hclconfig.VarArg
	destination, format string
	json                bool
}

func explainCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &explainFlags{}
	return &cli.Command{
		Name:      "explain",
		Usage:     "show why each set of a VM is kept or deleted",
		ArgsUsage: "VM",
		Description: "Reads all places as plan does, and lists the sets of the VM at each destination, newest\n" +
			"first, with all reasons, and the set that will be deleted next. VM may be a glob. Writes\n" +
			"nothing.\n\n" +
			"   vmxsync retention explain dc01\n" +
			"   vmxsync retention explain \"sql-*\" -destination=nas -json",
		CustomHelpTemplate: exitCodes(),
		Flags:              f.flags(),
		Action:             func(c *cli.Context) error { f.given = givenTo(c); return explain(c.Context, env, out, *f) },
	}
}

func (f *explainFlags) flags() []cli.Flag {
	return append(varFlags(&f.vars),
		&cli.StringFlag{Name: "destination", Destination: &f.destination, Usage: "show destination `NAME` only"},
		&cli.StringFlag{Name: "format", Destination: &f.format, Usage: "output `FORMAT`: table, calendar (a row per VM, a cell per day or week) or svg", Value: "table"},
		jsonFlag(&f.json, "print one JSON document"),
	)
}

// explanation is what retention explain prints, as a document.
type explanation struct {
	Format string           `json:"format"`
	Now    time.Time        `json:"now"`
	Groups []diff.Explained `json:"groups"`
}

func explain(ctx context.Context, env *session.Env, out *ui.UI, f explainFlags) error {
	if len(f.args) == 0 {
		return failure.Usage(errors.New("no VM given"), "vmxsync retention explain VM, where VM is a name or a pattern with * and ?.")
	}
	if err := checkGlobs(f.args); err != nil {
		return err
	}
	if form := f.format; !slices.Contains([]string{"table", "calendar", "svg"}, form) {
		return failure.Usage(fmt.Errorf("invalid -format %q: want table, calendar or svg", form), "Leave it out for a table.")
	}
	if f.set("format") && f.json {
		return failure.Usage(errors.New("-json and -format cannot be used together"), "Leave out one of the two.")
	}
	config, err := env.Configuration(f.vars)
	if err != nil {
		return err
	}
	if name := f.destination; name != "" {
		if _, err := destination(config.Spec, name); err != nil {
			return err
		}
	}
	in, w, err := session.Input(ctx, env, session.Reading{Config: config}, diff.Options{Partial: true})
	defer w.CloseAll()
	if err != nil {
		return err
	}
	plan, err := session.Proven(ctx, in, w) // reads the manifests that decide
	if err != nil {
		return failure.New("Planning failed", err)
	}
	w.ProveVMs(ctx, func(vm string) bool { return matchesAny(f.args, vm) })
	groups, err := f.explained(in)
	if err != nil {
		return failure.New("Planning failed", err)
	}
	missing := failure.New("A place cannot be read", unread(in, plan, f.destination))
	switch {
	case len(groups) == 0 && missing != nil:
		return missing
	case len(groups) == 0:
		return noSuchVM(f.args, in.Inventories)
	}
	printExplanation(out, f, explanation{"vmxsync.explain/1", in.Now, groups})
	if f.json {
		return inDocument(missing)
	}
	return missing
}

func (f explainFlags) explained(in diff.Input) ([]diff.Explained, error) {
	groups, err := diff.Explain(in, matching(f.args, in.Inventories))
	name := f.destination
	return slices.DeleteFunc(groups, func(g diff.Explained) bool { return name != "" && g.Destination != name }), err
}

func printExplanation(out *ui.UI, f explainFlags, doc explanation) {
	if f.json {
		doc.Now = doc.Now.UTC()
		text, _ := json.MarshalIndent(doc, "", "  ") // of strings and numbers alone
		out.PrintJSON(string(text) + "\n")
		return
	}
	switch f.format {
	case "calendar":
		out.Print(render.NewCalendar(doc.Groups, doc.Now).Text(out.Color))
		return
	case "svg":
		out.Print(render.NewCalendar(doc.Groups, doc.Now).SVG())
		return
	}
	for i, g := range doc.Groups {
		if i > 0 {
			out.Print("\n")
		}
		out.Print(render.Explained(g, render.Style{Width: out.Width}))
	}
}

// unread is the error for the places that the explanation should cover and does not:
// all but those that may be absent, or the one destination that is asked for.
func unread(in diff.Input, plan *diff.Plan, only string) error {
	var errs []error
	for _, place := range plan.Places {
		d, _ := in.Spec.Destination(place.Name)
		asked := only == "" && !diff.IsAbsent(d, in.Inventories[place.Name].Err) || only == place.Name
		if place.Unreachable != "" && asked {
			errs = append(errs, fmt.Errorf("%s %q: %s", place.Role, place.Name, place.Unreachable))
		}
	}
	return errors.Join(errs...)
}
