package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

func (p *process) applyCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:      "apply",
		Usage:     "carry out a saved plan, or plan and ask",
		ArgsUsage: "[FILE]",
		Description: "With FILE: carries out exactly that plan, after checking that all places are still as the\n" +
			"plan saw them. If it was killed, run it again with the same file to finish.\n" +
			"Without FILE: plans, shows the plan and asks for approval.\n" +
			"A destination that another apply is changing is locked: see -lock-timeout.\n" +
			"Runs the hooks before and after, sends notifications and writes the log.\n\n" +
			"   vmxsync apply plan.out\n" +
			"   vmxsync apply -auto-approve -quiet -skip-if-running -retry-for=2h   (every night)\n" +
			"   vmxsync apply -auto-approve=create   (leaves deletes for an apply that asks)",
		CustomHelpTemplate: exitCodes(
			"3    some changes failed, the others are done",
			"4    the saved plan is stale, has expired, or was already applied",
			"5    a guard refused the plan, or held deletes back; everything else is done",
			"6    another apply has locked a destination, or has taken over its lock",
			"130  interrupted; the same command continues"),
		Flags:  append(varFlags(&args.vars), applyFlags()...),
		Action: func(c *cli.Context) error { return p.apply(c, args) },
	}
}

func applyFlags() []cli.Flag {
	return append(scopeFlags(),
		autoApproveFlag(),
		&cli.BoolFlag{Name: "no-wait", Usage: "without FILE: skip sets that are still being written, instead of waiting for them once"},
		&cli.BoolFlag{Name: "fail-fast", Usage: "start no more changes after a failure"},
		&cli.DurationFlag{Name: "max-duration", Usage: "stop after `TIME` (6h); the same command continues later", DefaultText: "never"},
		&cli.BoolFlag{Name: "input", Usage: "ask for approval on the terminal", Value: true},
		&cli.StringFlag{Name: "journal", Usage: "keep the record of this apply in `FILE` (default: the plan file's name with .journal)"},
		&cli.BoolFlag{Name: "journal-reset", Usage: "set a damaged journal aside"},
		lockTimeoutFlag(),
		skipIfRunningFlag(),
		retryForFlag(),
		&cli.BoolFlag{Name: "check", Usage: "with FILE: run all checks and change nothing"},
		takeOverFlag(),
		parallelismFlag("run at most `N` steps at once, over all destinations", "as many as they have connections"),
		allowShrinkFlag(),
		jsonFlag("print one JSON event per line"),
	)
}

func (p *process) apply(c *cli.Context, args arguments) error {
	var err error
	if p.parallelism, err = parallelism(c); err != nil {
		return err
	}
	if c.IsSet("max-duration") && c.Duration("max-duration") <= 0 {
		return failure.Usage(fmt.Errorf("-max-duration=%s is not positive", c.Duration("max-duration")), "Write a time such as 6h or 90m.")
	}
	if err := checkRetryFor(c); err != nil {
		return err
	}
	p.retryFor.limit = c.Duration("retry-for")
	p.takeOver = c.Bool("take-over")
	catchSIGPIPE()
	switch c.NArg() {
	case 0:
		if err := only(c, "with a plan file", "check", "journal", "journal-reset"); err != nil {
			return err
		}
		return p.finish(c.Context, p.applyNew(c, args))
	case 1:
		if approvedBy(c) == approveCreate {
			return failure.Usage(errors.New("-auto-approve=create is for apply without a plan file"), "A saved plan is applied as it is. Make a plan without deletes, or review this one with vmxsync show.")
		}
		if err := only(c, "without a plan file", append(scopeFlagNames(), "take-over", "allow-shrink", "no-wait")...); err != nil {
			return err
		}
		return p.finish(c.Context, p.applySaved(c, args))
	}
	// The error is mailed, so the arguments stay out of it: one may be the torn-off value of a variable.
	return failure.Usage(fmt.Errorf("%d arguments", c.NArg()), "vmxsync apply takes one plan file.")
}

// only refuses flags that would be ignored silently. (-auto-approve with a plan
// file is what users of terraform type, and is not a contradiction.)
func only(c *cli.Context, when string, flags ...string) error {
	for _, f := range flags {
		if c.IsSet(f) {
			return failure.Usage(fmt.Errorf("-%s is for apply %s", f, when), "vmxsync apply -help lists the flags.")
		}
	}
	return nil
}

func tooMany(c *cli.Context) error {
	return fmt.Errorf("%d arguments: %s", c.NArg(), strings.Join(c.Args().Slice(), " "))
}
