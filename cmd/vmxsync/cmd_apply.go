package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/hclconfig"
)

type applyFlags struct {
	given
	scope
	vars                               []hclconfig.VarArg
	approved                           approval
	noWait, failFast, input, json      bool
	maxDuration, lockTimeout, retryFor time.Duration
	journal                            string
	journalReset, skipIfRunning, check bool
	parallelism                        int
}

func applyCommand(env *session.Env, out *ui.UI, stdin io.Reader, rep *report.Apply) *cli.Command {
	f := &applyFlags{}
	return &cli.Command{
		Name:      "apply",
		Usage:     "carry out a saved plan, or plan and ask",
		ArgsUsage: "[FILE]",
		Description: "With FILE: carries out exactly that plan, after checking that all places are still as the\n" +
			"plan saw them. If it was killed, run it again with the same file to finish.\n" +
			"Without FILE: plans, shows the plan and asks for approval.\n" +
			"A destination that another apply is changing is locked: see -lock-timeout.\n" +
			"Then reads back what verify blocks ask for, without a lock.\n" +
			"Runs the hooks before and after, sends notifications and writes the log.\n\n" +
			"   vmxsync apply plan.out\n" +
			"   vmxsync apply -auto-approve -quiet -skip-if-running -retry-for=2h   (every night)\n" +
			"   vmxsync apply -auto-approve=create   (leaves deletes for an apply that asks)",
		CustomHelpTemplate: exitCodes(
			"3    some changes failed, or a set that was read back is damaged; the others are done",
			"4    the saved plan is stale, has expired, or was already applied",
			"5    a guard refused the plan, or held deletes back; everything else is done",
			"6    another apply has locked a destination, or has taken over its lock",
			"130  interrupted; the same command continues"),
		Flags: f.flags(),
		Action: func(c *cli.Context) error {
			f.given = givenTo(c)
			return applyWith(c.Context, env, out, stdin, rep, *f)
		},
	}
}

func (f *applyFlags) flags() []cli.Flag {
	return slices.Concat(varFlags(&f.vars), f.scope.flags(), []cli.Flag{
		autoApproveFlag(&f.approved),
		&cli.BoolFlag{Name: "no-wait", Destination: &f.noWait, Usage: "without FILE: skip sets that are still being written, instead of waiting for them once"},
		&cli.BoolFlag{Name: "fail-fast", Destination: &f.failFast, Usage: "start no more changes after a failure"},
		&cli.DurationFlag{Name: "max-duration", Destination: &f.maxDuration, Usage: "stop after `TIME` (6h); the same command continues later", DefaultText: "never"},
		&cli.BoolFlag{Name: "input", Destination: &f.input, Usage: "ask for approval on the terminal", Value: true},
		&cli.StringFlag{Name: "journal", Destination: &f.journal, Usage: "keep the record of this apply in `FILE` (default: the plan file's name with .journal)"},
		&cli.BoolFlag{Name: "journal-reset", Destination: &f.journalReset, Usage: "set a damaged journal aside"},
		&cli.DurationFlag{Name: "lock-timeout", Destination: &f.lockTimeout, Usage: "wait `DURATION` for a destination that another apply has locked", DefaultText: "not at all"},
		&cli.BoolFlag{Name: "skip-if-running", Destination: &f.skipIfRunning, Usage: "exit with 0 if an apply of this configuration is running on this machine and makes progress"},
		&cli.DurationFlag{Name: "retry-for", Destination: &f.retryFor, Usage: "retry for `TIME` (2h) if a destination cannot be reached", DefaultText: "no retry"},
		&cli.BoolFlag{Name: "check", Destination: &f.check, Usage: "with FILE: run all checks and change nothing"},
		takeOverFlag(&f.takeOver),
		parallelismFlag(&f.parallelism, "run at most `N` steps at once, over all destinations", "as many as they have connections"),
		allowShrinkFlag(&f.allowShrink),
		jsonFlag(&f.json, "print one JSON event per line"),
	})
}

// applying is one apply at work.
type applying struct {
	applyFlags
	env       *session.Env
	out       *ui.UI
	stdin     io.Reader
	report    *report.Apply
	transfers *progress.Transfers
	retry     *session.Retry
	sent      int64 // bytes that were sent
}

func applyWith(ctx context.Context, env *session.Env, out *ui.UI, stdin io.Reader, rep *report.Apply, f applyFlags) error {
	if err := f.checkFlags(); err != nil {
		return err
	}
	catchSIGPIPE()
	a := &applying{f, env, out, stdin, rep, progress.NewTransfers(time.Now), &session.Retry{Limit: f.retryFor, Alive: rep.Touch}, 0}
	if len(f.args) == 0 {
		if err := f.only("with a plan file", "check", "journal", "journal-reset"); err != nil {
			return err
		}
		err := a.applyNew(ctx)
		return finish(ctx, out, rep, err, a.sent)
	}
	if f.approved == approveCreate {
		return failure.Usage(errors.New("-auto-approve=create is for apply without a plan file"), "A saved plan is applied as it is. Make a plan without deletes, or review this one with vmxsync show.")
	}
	if err := f.only("without a plan file", append(scopeFlagNames(), "take-over", "allow-shrink", "no-wait")...); err != nil {
		return err
	}
	if restores, err := session.ReadRestore(env, f.first()); restores != nil || err != nil {
		return a.applyRestore(ctx, restores, err)
	}
	err := a.applySaved(ctx, f.first())
	return finish(ctx, out, rep, err, a.sent)
}

// checkFlags refuses values that make no sense.
func (f applyFlags) checkFlags() error {
	if err := f.checkParallelism(f.parallelism); err != nil {
		return err
	}
	if f.set("max-duration") && f.maxDuration <= 0 {
		return failure.Usage(fmt.Errorf("-max-duration=%s is not positive", f.maxDuration), "Write a time such as 6h or 90m.")
	}
	if f.set("retry-for") && f.retryFor <= 0 {
		return failure.Usage(fmt.Errorf("-retry-for=%s is not positive", f.retryFor), "Write a time such as 2h or 30m, or leave it out.")
	}
	if len(f.args) > 1 { // the error is mailed, so the arguments stay out of it: one may be the torn-off value of a variable
		return failure.Usage(fmt.Errorf("%d arguments", len(f.args)), "vmxsync apply takes one plan file.")
	}
	return nil
}

// only refuses flags that would be ignored silently. (-auto-approve with a plan
// file is what users of terraform type, and is not a contradiction.)
func (f applyFlags) only(when string, flags ...string) error {
	for _, flag := range flags {
		if f.set(flag) {
			return failure.Usage(fmt.Errorf("-%s is for apply %s", flag, when), "vmxsync apply -help lists the flags.")
		}
	}
	return nil
}
