package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func (p *process) statusCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:  "status",
		Usage: "show how each VM stands at each destination",
		Description: "Says per VM and destination which complete set is the newest, how old it is, how many are\n" +
			"held, and what plan would do; and how the last apply on this machine ended. Works where a\n" +
			"source is missing: no plan can be made then.\n" +
			"Not all right is a VM that is not fresh, not readable, not backed up, has nothing complete,\n" +
			"or is behind for longer than max_behind; a set that is damaged, differs or is suspicious; and\n" +
			"where no plan can be made. -format=nagios has the exit codes of a monitoring plugin: 0 OK,\n" +
			"1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n\n" +
			"   vmxsync status\n" +
			"   vmxsync status -detailed-exitcode   (for a monitor)\n" +
			"   vmxsync status -format=nagios   (one line, as a plugin of Nagios, Icinga or Checkmk)\n" +
			"   vmxsync status -json",
		CustomHelpTemplate: exitCodes(
			"2    something is not all right (with -detailed-exitcode)"),
		Flags:  append(varFlags(&args.vars), statusFlags()...),
		Action: func(c *cli.Context) error { return p.status(c, args) },
	}
}

func statusFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit with 2 if something is not all right"},
		&cli.StringFlag{Name: "format", Usage: "`FORM` of the answer: text, json, or nagios (one line and exit codes of a monitoring plugin)", Value: "text"},
		parallelismFlag("read at most `N` places at once", "all"),
		jsonFlag("print one JSON document"),
	}
}

// statusForm is how status answers: "text", "json" or "nagios".
func statusForm(c *cli.Context) (string, error) {
	form := c.String("format")
	switch {
	case form != "text" && form != "json" && form != "nagios":
		return "", wrongUsage(fmt.Errorf("invalid -format %q: want text, json or nagios", form), "Leave it out for a table.")
	case c.Bool("json") && c.IsSet("format") && form != "json":
		return "", wrongUsage(fmt.Errorf("-json and -format=%s do not go together", form), "Leave out one of the two.")
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
	p.voice.json = form == "json"
	doc, plan, noPlan, missing, err := p.standing(c, args)
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
		p.voice.printJSON(string(text) + "\n")
		return cmp.Or(told(missing, true), standingStatus(c, doc))
	}
	p.printStanding(doc, plan)
	p.tellNoPlan(noPlan)
	return cmp.Or(missing, standingStatus(c, doc))
}

// standing reads all places. noPlan says why no plan can be made, missing which
// destinations could not be read; the document holds both.
func (p *process) standing(c *cli.Context, args arguments) (doc standing, plan *diff.Plan, noPlan, missing, err error) {
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
		return doc, nil, nil, nil, failure("Planning failed", err)
	}
	doc = newStanding(in, plan, noPlan, all)
	doc.LastApply = p.standingApply(spec.Dir)
	missing = failure("A place cannot be read", unreadDestinations(in.Spec, in.Inventories))
	return doc, plan, noPlan, missing, nil
}

// standingApply is the last apply on this machine. A record that cannot be read is
// a warning: all else is known.
func (p *process) standingApply(dir string) *standingApply {
	last, running, err := p.lastRun(dir)
	if err != nil {
		p.voice.caution("The last apply is not known", err.Error()+".", providers.Hint(err))
		return nil
	}
	return newStandingApply(last, running)
}

// told leaves only the exit code of an error that a document has told.
func told(err error, json bool) error {
	if err != nil && json {
		return status(exitError)
	}
	return err
}

func standingStatus(c *cli.Context, doc standing) error {
	if c.Bool("detailed-exitcode") && !doc.OK {
		return status(exitChanges)
	}
	return nil
}

// tellNoPlan warns: what is at the destinations can be shown without a plan.
func (p *process) tellNoPlan(err error) {
	if err == nil || errors.Is(err, diff.ErrNothingReachable) { // told as such
		return
	}
	for _, one := range unjoin(err) {
		p.voice.warnOf("No plan can be made", one)
	}
}

// unreadDestinations are those that should be there and could not be read.
func unreadDestinations(spec *state.Spec, inventories map[string]state.Inventory) error {
	var errs []error
	for _, d := range spec.Destinations {
		if err := inventories[d.Name].Err; err != nil && !diff.IsAbsent(d, err) {
			errs = append(errs, hinted(fmt.Errorf("destination %q: %w", d.Name, err), providers.Hint(err)))
		}
	}
	return errors.Join(errs...)
}
