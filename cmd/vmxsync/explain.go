package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

func (p *process) explainCommand() *cli.Command {
	var args arguments
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
		Flags:              append(varFlags(&args.vars), explainFlags()...),
		Action:             func(c *cli.Context) error { return p.explain(c, args) },
	}
}

func explainFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "destination", Usage: "show destination `NAME` only"},
		&cli.StringFlag{Name: "format", Usage: "output `FORMAT`: table, calendar (a row per VM, a cell per day or week) or svg", Value: "table"},
		jsonFlag("print one JSON document"),
	}
}

// explanation is what retention explain prints, as a document.
type explanation struct {
	Format string           `json:"format"`
	Now    time.Time        `json:"now"`
	Groups []diff.Explained `json:"groups"`
}

func (p *process) explain(c *cli.Context, args arguments) error {
	if c.NArg() == 0 {
		return failure.Usage(errors.New("no VM given"), "vmxsync retention explain VM, where VM is a name or a pattern with * and ?.")
	}
	if err := checkGlobs(c.Args().Slice()); err != nil {
		return err
	}
	if form := c.String("format"); !slices.Contains([]string{"table", "calendar", "svg"}, form) {
		return failure.Usage(fmt.Errorf("invalid -format %q: want table, calendar or svg", form), "Leave it out for a table.")
	}
	if c.IsSet("format") && c.Bool("json") {
		return failure.Usage(errors.New("-json and -format cannot be used together"), "Leave out one of the two.")
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		return err
	}
	if name := c.String("destination"); name != "" {
		if _, err := destination(spec, name); err != nil {
			return err
		}
	}
	in, w, err := p.input(c.Context, spec, secrets, diff.Options{Partial: true})
	defer w.close()
	if err != nil {
		return err
	}
	plan, err := provenPlan(c.Context, in, w) // reads the manifests that decide
	if err != nil {
		return failure.New("Planning failed", err)
	}
	w.proveVMs(c.Context, func(vm string) bool { return matchesAny(c.Args().Slice(), vm) })
	groups, err := explained(c, in)
	if err != nil {
		return failure.New("Planning failed", err)
	}
	missing := failure.New("A place cannot be read", unread(in, plan, c.String("destination")))
	switch {
	case len(groups) == 0 && missing != nil:
		return missing
	case len(groups) == 0:
		return noSuchVM(c.Args().Slice(), in.Inventories)
	}
	p.printExplanation(c, explanation{"vmxsync.explain/1", in.Now, groups})
	if missing != nil && c.Bool("json") {
		return failure.Failed
	}
	return missing
}

func explained(c *cli.Context, in diff.Input) ([]diff.Explained, error) {
	vms := literalNames(c.Args().Slice(), in.Inventories)
	groups, err := diff.Explain(in, func(vm string) bool { return matchesAny(vms, vm) })
	name := c.String("destination")
	return slices.DeleteFunc(groups, func(g diff.Explained) bool { return name != "" && g.Destination != name }), err
}

func (p *process) printExplanation(c *cli.Context, doc explanation) {
	if c.Bool("json") {
		doc.Now = doc.Now.UTC()
		text, _ := json.MarshalIndent(doc, "", "  ") // of strings and numbers alone
		p.ui.PrintJSON(string(text) + "\n")
		return
	}
	switch c.String("format") {
	case "calendar":
		p.ui.Print(render.NewCalendar(doc.Groups, doc.Now).Text(p.ui.Color))
		return
	case "svg":
		p.ui.Print(render.NewCalendar(doc.Groups, doc.Now).SVG())
		return
	}
	for i, g := range doc.Groups {
		if i > 0 {
			p.ui.Print("\n")
		}
		p.ui.Print(render.Explained(g, render.Style{Width: p.ui.Width}))
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

// noSuchVM is the error of an unknown VM, with the closest name as its hint.
func noSuchVM(given []string, inventories map[string]state.Inventory) error {
	var names []string
	for _, inv := range inventories {
		names = append(names, inv.VMs()...)
	}
	slices.Sort(names)
	err := fmt.Errorf("no VM matches %s", strings.Join(given, " or "))
	hint := "vmxsync list shows the VMs at all places."
	if best := wording.Nearest(given[0], slices.Compact(names)); best != "" && best != given[0] {
		hint = fmt.Sprintf("Did you mean %q? %s", providers.Escape(best), hint)
	}
	return failure.New("Nothing found", failure.Hinted(err, hint))
}
