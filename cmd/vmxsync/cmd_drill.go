package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/drills"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/drill"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	spec "github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
	"github.com/vmxsync/vmxsync/state/wording"
)

type drillFlags struct {
	given
	vars             []hclconfig.VarArg
	due, force, json bool
}

func drillCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &drillFlags{}
	return &cli.Command{
		Name:      "drill",
		Usage:     "rehearse a restore: restore a set, verify it, and try it",
		ArgsUsage: "[NAME...]",
		Description: "Holds the drills of the configuration that are due, or those of them that NAME names: each\n" +
			"restores one set to a folder of its own, reads every byte again, checks whether the VM can be\n" +
			"registered, and runs the command of the drill. The result is recorded at the destination, and\n" +
			"the folder is deleted. A drill that failed is due until it passes.\n\n" +
			"   vmxsync drill               (each night: it prints when the next one is due)\n" +
			"   vmxsync drill quarterly -force",
		CustomHelpTemplate: exitCodes(
			"2    a drill failed",
			"3    a drill could not be held, or not be recorded",
			"6    the same drill is running",
			"130  interrupted; the drill is still due"),
		Flags: append(varFlags(&f.vars),
			&cli.BoolFlag{Name: "due", Destination: &f.due, Value: true, Usage: "hold only the drills that are due (the default)"},
			&cli.BoolFlag{Name: "force", Destination: &f.force, Usage: "hold drills that are not due, too"},
			jsonFlag(&f.json, "print one JSON document")),
		Action: func(c *cli.Context) error { f.given = givenTo(c); return holdDrills(c.Context, env, out, *f) },
	}
}

// holdDrills holds the drills that are due, one after the other, and prints what became of
// each.
func holdDrills(ctx context.Context, env *session.Env, out *ui.UI, f drillFlags) error {
	config, err := env.Configuration(f.vars)
	if err != nil {
		return err
	}
	wanted, err := f.selected(config.Spec.Drills)
	if err != nil {
		return err
	}
	at, err := env.Moment()
	if err != nil {
		return err
	}
	catchSIGPIPE()
	startLog(out, env, "drills begin", config.Spec.Log)
	defer out.Log().Close()
	clock := time.Now()
	h := &holding{env: env, out: out, config: config, quiet: f.json, force: f.force || !f.due, now: func() time.Time { return at.Now.Add(time.Since(clock)) }}
	h.ledgers = session.ReadDrilled(ctx, env, config, placesOf(wanted), false)
	doc := drills.New()
	var errs []error
	for _, d := range wanted {
		one, err := h.hold(ctx, d)
		if ctx.Err() != nil {
			err = failure.New("The drill was interrupted", failure.Hinted(ctx.Err(), "Nothing was concluded, and the drill is still due: run the same command again."))
			out.Log().Error(err)
			return err
		}
		if err != nil {
			one.Error = err.Error()
		}
		doc.Drills, errs = append(doc.Drills, one), append(errs, err)
	}
	if f.json {
		text, err := doc.JSON()
		if err != nil {
			return err
		}
		out.PrintJSON(string(text))
		out.JSON = false // the document has the failures: they are printed on stderr alone
	}
	err = f.verdict(errors.Join(errs...))
	out.Log().Error(err)
	out.Log().Add(slog.LevelInfo, "drills ended", "exit_code", failure.ExitCode(err))
	return err
}

// verdict is the error of the command for those of its drills.
func (f drillFlags) verdict(err error) error {
	switch {
	case errors.Is(err, failure.ErrFailed):
		return failure.New("A drill failed", err)
	case errors.Is(err, failure.ErrUnheld):
		return failure.New("A drill could not be held", err)
	}
	return err
}

// selected are the drills that the arguments name, or all.
func (f drillFlags) selected(all []spec.Drill) ([]spec.Drill, error) {
	if len(all) == 0 {
		return nil, failure.New("Nothing to rehearse", failure.Hinted(errors.New("the configuration has no drill block"),
			`Write drill "NAME" { from = destination.TYPE.NAME, to = "/scratch" }: see docs/drill.md.`))
	}
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	for _, arg := range f.args {
		if !slices.Contains(names, arg) {
			hint := "Declared: " + strings.Join(names, ", ") + "."
			if best := wording.Nearest(arg, names); best != "" {
				hint = fmt.Sprintf("Did you mean %q? %s", best, hint)
			}
			return nil, failure.Usage(fmt.Errorf("no drill is named %q", arg), hint)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(d spec.Drill) bool { return len(f.args) > 0 && !slices.Contains(f.args, d.Name) }), nil
}

// placesOf are the destinations that drills restore from, each once.
func placesOf(all []spec.Drill) (names []string) {
	for _, d := range all {
		names = append(names, d.From...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// drilled is what was drilled at the destinations of a drill so far. An error names a
// destination that could not be read: what was drilled there is not known. there is false
// where all of them are optional, and away.
func (h *holding) drilled(d spec.Drill) (held []drill.Held, there bool, err error) {
	var errs []error
	for _, e := range h.ledgers {
		if !slices.Contains(d.From, e.Place) {
			continue
		}
		to, _ := h.config.Spec.Destination(e.Place)
		switch {
		case e.Err != nil && diff.IsAbsent(to, e.Err):
			h.out.Logf(slog.LevelInfo, "%s is not there, and optional: drill %s leaves it out.", e.Place, d.Name)
			continue
		case e.Err != nil:
			errs = append(errs, unheld(e.Err, "drill %s: %s: %v", d.Name, e.Place, e.Err))
		}
		there = true
		for _, torn := range e.Torn {
			h.out.WarnOf("The record of a drill cannot be used", failure.Hinted(fmt.Errorf("%s: %w", e.Place, torn), "It counts as not held. Delete the file to end this warning."))
		}
		for _, one := range e.Drills {
			held = append(held, drill.Held{Place: e.Place, Drill: one})
		}
	}
	return held, there, errors.Join(errs...)
}

// hiddenAfter reports whether a record that cannot be used is of a drill that was held after
// the last one that is known, at a destination of the drill: it may have failed.
func (h *holding) hiddenAfter(d spec.Drill, last *drill.Held) bool {
	return last != nil && slices.ContainsFunc(h.ledgers, func(e session.Drilled) bool {
		return slices.Contains(d.From, e.Place) && slices.ContainsFunc(e.Torn, func(err error) bool {
			torn, named := errors.AsType[*read.UnusableDrill](err)
			return named && torn.Run > last.Run
		})
	})
}

// unheld is an error for a drill that was not held.
func unheld(err error, format string, args ...any) error {
	return failure.Hinted(failure.Reworded(fmt.Sprintf(format, args...), failure.ErrUnheld), providers.Hint(err))
}
