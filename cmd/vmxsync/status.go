package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func (p *process) statusCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:  "status",
		Usage: "show the status of each VM at each destination",
		Description: "Shows, per VM and destination, the newest complete set, its age, the number of sets and what\n" +
			"plan would do; and how the last apply on this machine ended. Also works if a source cannot\n" +
			"be read, but then no plan can be made.\n" +
			"The status is not OK if a VM is not fresh, not readable, not backed up, has nothing complete\n" +
			"or is behind for longer than max_behind; if a set is damaged, differs, is suspicious or has\n" +
			"vanished; or if no plan can be made. -format=nagios uses the exit codes of a monitoring\n" +
			"plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n\n" +
			"   vmxsync status\n" +
			"   vmxsync status -detailed-exitcode   (for a monitor)\n" +
			"   vmxsync status -format=nagios   (one line, as a plugin of Nagios, Icinga or Checkmk)\n" +
			"   vmxsync status -json",
		CustomHelpTemplate: exitCodes(
			"2    the status is not OK (with -detailed-exitcode)"),
		Flags:  append(varFlags(&args.vars), statusFlags()...),
		Action: func(c *cli.Context) error { return p.status(c, args) },
	}
}

func statusFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit with 2 if the status is not OK"},
		&cli.StringFlag{Name: "format", Usage: "output `FORMAT`: text, json or nagios (one line and the exit codes of a monitoring plugin)", Value: "text"},
		parallelismFlag("read at most `N` places at once", "all"),
		jsonFlag("print one JSON document"),
	}
}

// statusForm returns the format of the output: "text", "json" or "nagios".
func statusForm(c *cli.Context) (string, error) {
	form := c.String("format")
	switch {
	case form != "text" && form != "json" && form != "nagios":
		return "", failure.Usage(fmt.Errorf("invalid -format %q: want text, json or nagios", form), "Leave it out for a table.")
	case c.Bool("json") && c.IsSet("format") && form != "json":
		return "", failure.Usage(fmt.Errorf("-json and -format=%s cannot be used together", form), "Leave out one of the two.")
	case c.Bool("json"):
		return "json", nil
	}
	return form, nil
}

func (p *process) status(c *cli.Context, args arguments) error {
	form, err := statusForm(c)
	if err != nil {
		return err
	}
	p.ui.JSON = form == "json"
	doc, plan, noPlan, missing, err := p.readStatus(c, args)
	switch {
	case form == "nagios" && err != nil && c.Context.Err() == nil:
		return p.pluginFailure(err)
	case err != nil:
		return err
	case form == "nagios":
		code, text := doc.pluginAnswer()
		return p.plugin(code, text, doc.perfdata())
	case form == "json":
		text, _ := json.MarshalIndent(doc, "", "  ") // of strings and numbers alone
		p.ui.PrintJSON(string(text) + "\n")
		return cmp.Or(printed(missing, true), statusExit(c, doc))
	}
	p.printStatus(doc, plan)
	p.warnOfNoPlan(noPlan)
	return cmp.Or(missing, statusExit(c, doc))
}

// readStatus reads all places. noPlan is why no plan can be made, and missing which
// destinations could not be read; the document contains both.
func (p *process) readStatus(c *cli.Context, args arguments) (doc statusDocument, plan *diff.Plan, noPlan, missing, err error) {
	if err := noArguments(c); err != nil {
		return doc, nil, nil, nil, err
	}
	if p.parallelism, err = parallelism(c); err != nil {
		return doc, nil, nil, nil, err
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		return doc, nil, nil, nil, err
	}
	in, w, err := p.input(c.Context, spec, secrets, diff.Options{Partial: true})
	defer w.close()
	if err != nil {
		return doc, nil, nil, nil, err
	}
	w.proveAll(c.Context)
	plan, noPlan = provenPlan(c.Context, in, w)
	if err := c.Context.Err(); err != nil {
		return doc, nil, nil, nil, err
	}
	all, err := diff.Standings(in)
	if err != nil && noPlan == nil {
		return doc, nil, nil, nil, failure.New("Planning failed", err)
	}
	doc = newStatusDocument(in, plan, noPlan, all)
	doc.LastApply = p.statusApply(spec.Dir)
	missing = failure.New("A place cannot be read", unreadDestinations(in.Spec, in.Inventories))
	return doc, plan, noPlan, missing, nil
}

// statusApply returns the last apply on this machine. If its record cannot be read,
// that is a warning: everything else is known.
func (p *process) statusApply(dir string) *statusApply {
	last, running, err := p.lastRun(dir)
	if err != nil {
		p.ui.Caution("The record of the last apply cannot be read", err.Error()+".", providers.Hint(err))
		return nil
	}
	return newStatusApply(last, running)
}

// printed replaces an error that is in the JSON document by its exit code.
func printed(err error, json bool) error {
	if err != nil && json {
		return failure.Failed
	}
	return err
}

func statusExit(c *cli.Context, doc statusDocument) error {
	if c.Bool("detailed-exitcode") && !doc.OK {
		return failure.Changes
	}
	return nil
}

// warnOfNoPlan only warns: the sets at the destinations can be shown without a plan.
func (p *process) warnOfNoPlan(err error) {
	if err == nil || errors.Is(err, diff.ErrNothingReachable) { // reported as such
		return
	}
	for _, one := range failure.Unjoin(err) {
		p.ui.WarnOf("No plan can be made", one)
	}
}

// unreadDestinations is the error for destinations that are not optional and could
// not be read.
func unreadDestinations(spec *state.Spec, inventories map[string]state.Inventory) error {
	var errs []error
	for _, d := range spec.Destinations {
		if err := inventories[d.Name].Err; err != nil && !diff.IsAbsent(d, err) {
			errs = append(errs, failure.Hinted(fmt.Errorf("destination %q: %w", d.Name, err), providers.Hint(err)))
		}
	}
	return errors.Join(errs...)
}
