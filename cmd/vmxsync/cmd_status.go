package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/status"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
)

type statusFlags struct {
	given
	vars                   []hclconfig.VarArg
	format                 string
	detailedExitcode, json bool
	parallelism            int
}

func statusCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &statusFlags{}
	return &cli.Command{
		Name:  "status",
		Usage: "show the status of each VM at each destination",
		Description: "Shows, per VM and destination, the newest complete set, its age, how and when verify has\n" +
			"proven it, the number of sets and what plan would do; and how the last apply on this machine\n" +
			"ended. Also works if a source cannot be read, but then no plan can be made.\n" +
			"The status is not OK if a VM is not fresh, not readable, not backed up, has nothing complete\n" +
			"or is behind for longer than max_behind; if a set is damaged, differs, is suspicious, has\n" +
			"vanished or was not proven within verified_within; or if no plan can be made.\n" +
			"-format=nagios uses the exit codes of a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL,\n" +
			"3 UNKNOWN.\n\n" +
			"   vmxsync status\n" +
			"   vmxsync status -detailed-exitcode   (for a monitor)\n" +
			"   vmxsync status -format=nagios   (one line, as a plugin of Nagios, Icinga or Checkmk)\n" +
			"   vmxsync status -json",
		CustomHelpTemplate: exitCodes(
			"2    the status is not OK (with -detailed-exitcode)"),
		Flags:  f.flags(),
		Action: func(c *cli.Context) error { f.given = givenTo(c); return showStatus(c.Context, env, out, *f) },
	}
}

func (f *statusFlags) flags() []cli.Flag {
	return append(varFlags(&f.vars),
		&cli.BoolFlag{Name: "detailed-exitcode", Destination: &f.detailedExitcode, Usage: "exit with 2 if the status is not OK"},
		&cli.StringFlag{Name: "format", Destination: &f.format, Usage: "output `FORMAT`: text, json or nagios (one line and the exit codes of a monitoring plugin)", Value: "text"},
		parallelismFlag(&f.parallelism, "read at most `N` places at once", "all"),
		jsonFlag(&f.json, "print one JSON document"),
	)
}

// statusForm returns the format of the output: "text", "json" or "nagios".
func (f statusFlags) form() (string, error) {
	form := f.format
	switch {
	case form != "text" && form != "json" && form != "nagios":
		return "", failure.Usage(fmt.Errorf("invalid -format %q: want text, json or nagios", form), "Leave it out for a table.")
	case f.json && f.set("format") && form != "json":
		return "", failure.Usage(fmt.Errorf("-json and -format=%s cannot be used together", form), "Leave out one of the two.")
	case f.json:
		return "json", nil
	}
	return form, nil
}

func showStatus(ctx context.Context, env *session.Env, out *ui.UI, f statusFlags) error {
	form, err := f.form()
	if err != nil {
		return err
	}
	out.JSON = form == "json"
	now, err := readStatus(ctx, env, f)
	switch {
	case form == "nagios" && err != nil && ctx.Err() == nil:
		return printPlugin(out, status.PluginFailure(err))
	case err != nil:
		return err
	case form == "nagios":
		return printPlugin(out, now.doc.Plugin())
	case form == "json":
		text, _ := json.MarshalIndent(now.doc, "", "  ") // of strings and numbers alone
		out.PrintJSON(string(text) + "\n")
		return cmp.Or(inDocument(now.missing), f.result(now.doc))
	}
	text := now.doc.Text(out.Style)
	if now.plan != nil {
		text += "\n" + planText(out, now.plan, render.Summary)
	}
	out.Print(text)
	warnOfNoPlan(out, now.noPlan)
	return cmp.Or(now.missing, f.result(now.doc))
}

// printPlugin prints the answer of a monitoring plugin, and returns its exit code.
func printPlugin(out *ui.UI, answer status.Plugin) error {
	out.Print(answer.Line)
	if answer.Code == 0 {
		return nil
	}
	return failure.Status(answer.Code)
}

// standing is what status has read: noPlan is why no plan can be made, and missing which
// destinations could not be read; the document contains both.
type standing struct {
	doc             status.Document
	plan            *diff.Plan
	noPlan, missing error
}

func readStatus(ctx context.Context, env *session.Env, f statusFlags) (standing, error) {
	var now standing
	if err := f.noArguments(); err != nil {
		return now, err
	}
	if err := f.checkParallelism(f.parallelism); err != nil {
		return now, err
	}
	config, err := env.Configuration(f.vars)
	if err != nil {
		return now, err
	}
	in, w, err := session.Input(ctx, env, session.Reading{Config: config, Parallelism: f.parallelism}, diff.Options{Partial: true})
	defer w.CloseAll()
	if err != nil {
		return now, err
	}
	_ = w.ReadProofs(ctx, config.Spec.Destinations) // what could not be read is in the sets
	now.plan, now.noPlan = session.Proven(ctx, in, w)
	if err := ctx.Err(); err != nil {
		return now, err
	}
	all, err := diff.Standings(in)
	if err != nil && now.noPlan == nil {
		return now, failure.New("Planning failed", err)
	}
	unread := unreadDestinations(in.Spec, in.Inventories)
	now.doc = status.New(in, now.plan, now.noPlan, unread, all)
	now.doc.LastApply = lastApply(env, config.Spec.Dir)
	now.missing = failure.New("A place cannot be read", unread)
	return now, nil
}

// lastApply returns the last apply on this machine. If its record cannot be read, that
// is a warning: everything else is known.
func lastApply(env *session.Env, dir string) *status.Apply {
	last, running, err := env.State.LastRun(dir)
	if err != nil {
		env.Report.Caution("The record of the last apply cannot be read", err.Error()+".", providers.Hint(err))
		return nil
	}
	return status.NewApply(last, running)
}

// result is that of a status with -detailed-exitcode.
func (f statusFlags) result(doc status.Document) error {
	if f.detailedExitcode && !doc.OK {
		return failure.Changes
	}
	return nil
}

// warnOfNoPlan only warns: the sets at the destinations can be shown without a plan.
func warnOfNoPlan(out *ui.UI, err error) {
	if err == nil || errors.Is(err, diff.ErrNothingReachable) { // reported as such
		return
	}
	for _, one := range failure.Unjoin(err) {
		out.WarnOf("No plan can be made", one)
	}
}
