package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

func (p *process) applyCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:      "apply",
		Usage:     "carry out a saved plan, or plan and ask",
		ArgsUsage: "[FILE]",
		Description: "With FILE: does exactly what that plan says, after checking that the world is still as\n" +
			"the plan saw it. Killed and run again with the same file, it finishes.\n" +
			"Without FILE: plans, shows the plan and asks for approval.\n" +
			"A destination that another apply is changing is locked: see -lock-timeout.\n" +
			"Runs the hooks of the plan, before and after it, tells whom notify names, and writes the log.\n\n" +
			"   vmxsync apply plan.out\n" +
			"   vmxsync apply -auto-approve -quiet -skip-if-running -retry-for=2h   (every night)\n" +
			"   vmxsync apply -auto-approve=create   (leaves the deletes for one that asks)",
		CustomHelpTemplate: exitCodes(
			"3    some steps failed, the others are done",
			"4    the saved plan is stale, has expired, or was already applied",
			"5    a guard refused the plan, or held deletes back; all else is done",
			"6    another apply has locked a destination, or has taken its lock over",
			"130  interrupted; the same command goes on"),
		Flags:  append(varFlags(&args.vars), applyFlags()...),
		Action: func(c *cli.Context) error { return p.apply(c, args) },
	}
}

func applyFlags() []cli.Flag {
	return append(scopeFlags(),
		autoApproveFlag(),
		&cli.BoolFlag{Name: "no-wait", Usage: "without FILE: leave out what is still being written, instead of waiting for it once"},
		&cli.BoolFlag{Name: "fail-fast", Usage: "start nothing new after a failure"},
		&cli.DurationFlag{Name: "max-duration", Usage: "stop after `TIME` (6h), so that the same command goes on later", DefaultText: "never"},
		&cli.BoolFlag{Name: "input", Usage: "ask for approval on the terminal", Value: true},
		&cli.StringFlag{Name: "journal", Usage: "keep the record of this apply in `FILE` (default: the plan's name and .journal)"},
		&cli.BoolFlag{Name: "journal-reset", Usage: "set a damaged journal aside"},
		lockTimeoutFlag(),
		skipIfRunningFlag(),
		retryForFlag(),
		&cli.BoolFlag{Name: "check", Usage: "with FILE: make all checks and change nothing"},
		takeOverFlag(),
		parallelismFlag("do at most `N` steps at once, over all destinations", "as many as they have connections"),
		allowShrinkFlag(),
		jsonFlag("print one event per line"),
	)
}

func (p *process) apply(c *cli.Context, args arguments) error {
	var err error
	if p.parallelism, err = parallelism(c); err != nil {
		return err
	}
	if c.IsSet("max-duration") && c.Duration("max-duration") <= 0 {
		return wrongUsage(fmt.Errorf("-max-duration=%s", c.Duration("max-duration")), "Write a time such as 6h or 90m.")
	}
	if err := checkRetryFor(c); err != nil {
		return err
	}
	p.retryFor.limit = c.Duration("retry-for")
	p.takeOver = c.Bool("take-over")
	outliveReaders()
	switch c.NArg() {
	case 0:
		if err := only(c, "with a plan file", "check", "journal", "journal-reset"); err != nil {
			return err
		}
		return p.ended(c.Context, p.applyNew(c, args))
	case 1:
		if approvedBy(c) == approveCreate {
			return wrongUsage(errors.New("-auto-approve=create is for apply without a plan file"), "A saved plan is done as it is: make one that deletes nothing, or review this one with vmxsync show.")
		}
		if err := only(c, "without a plan file", append(scopeFlagNames(), "take-over", "allow-shrink", "no-wait")...); err != nil {
			return err
		}
		return p.ended(c.Context, p.applySaved(c, args))
	}
	// The error is mailed: what stands there may be the value of a variable, torn off.
	return wrongUsage(fmt.Errorf("%d arguments", c.NArg()), "vmxsync apply takes one plan file.")
}

// only refuses flags that would be ignored in silence. (-auto-approve with a
// plan file is what users of terraform type, and is no contradiction.)
func only(c *cli.Context, when string, flags ...string) error {
	for _, f := range flags {
		if c.IsSet(f) {
			return wrongUsage(fmt.Errorf("-%s is for apply %s", f, when), "vmxsync apply -help lists the flags.")
		}
	}
	return nil
}

func tooMany(c *cli.Context) error {
	return fmt.Errorf("%d arguments: %s", c.NArg(), strings.Join(c.Args().Slice(), " "))
}
