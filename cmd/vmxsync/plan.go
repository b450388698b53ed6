package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func (p *process) planCommand() *cli.Command {
	var args arguments
	return &cli.Command{
		Name:  "plan",
		Usage: "show what apply would do, and why",
		Description: "Reads all places, decides which sets to keep, and prints what would change. Writes nothing\n" +
			"but the plan file, with -out.\n\n" +
			"   vmxsync plan -out=plan.out\n" +
			"   vmxsync plan -detailed-exitcode -concise   (exit code 2: there are changes)\n" +
			"   vmxsync plan -json\n" +
			"   vmxsync plan -target=nas/dc01   (only that VM, there)\n" +
			"   vmxsync plan -inventory=nas.json   (nas.json from: vmxsync list -all -json)\n" +
			"   vmxsync plan -adopt=\"nas/*\" -out=plan.out   (adopts the sets of another tool)\n" +
			"   vmxsync plan -accept=nas/dc01 -out=plan.out   (accepts its suspicious and vanished sets)\n" +
			"   vmxsync plan -destroy -target=nas/web01 -out=plan.out",
		CustomHelpTemplate: exitCodes(
			"2    there are changes (with -detailed-exitcode)",
			"5    a guard refused the plan: it was printed, but not saved"),
		Flags:  append(varFlags(&args.vars), planFlags()...),
		Action: func(c *cli.Context) error { return p.plan(c, args) },
	}
}

func planFlags() []cli.Flag {
	return append(scopeFlags(),
		&cli.StringFlag{Name: "out", Usage: "save the plan to `FILE`"},
		&cli.StringFlag{Name: "inventory", Usage: "plan from a saved inventory `FILE` (vmxsync list -all -json) without connecting to anything, to review a configuration change"},
		&cli.BoolFlag{Name: "concise", Usage: "print one line per set"},
		&cli.BoolFlag{Name: "summary", Usage: "print totals and notices only"},
		&cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit with 2 if there are changes"},
		&cli.BoolFlag{Name: "partial", Usage: "plan without destinations that cannot be reached, and report them"},
		&cli.DurationFlag{Name: "expires", Usage: "how long the saved plan is valid", Value: 24 * time.Hour},
		takeOverFlag(),
		parallelismFlag("read at most `N` places at once", "all"),
		allowShrinkFlag(),
		jsonFlag("print the plan as a JSON document"),
	)
}

func (p *process) plan(c *cli.Context, args arguments) error {
	if err := noArguments(c); err != nil {
		return err
	}
	var err error
	p.takeOver = c.Bool("take-over")
	if p.parallelism, err = parallelism(c); err != nil {
		return err
	}
	out, err := savedTo(c)
	if err != nil {
		return err
	}
	options, err := p.planOptions(c, c.Bool("partial"))
	if err != nil {
		return err
	}
	spec, secrets, err := p.configuration(c, args)
	if err != nil {
		return err
	}
	plan, w, err := p.planned(c, spec, secrets, options)
	defer w.close()
	if err != nil {
		return err
	}
	doc, err := p.seal(plan, c.Duration("expires"))
	if err != nil {
		return err
	}
	if out != "" && !plan.Refused() {
		if err := writePlan(out, doc); err != nil {
			return failure("The plan cannot be saved", err)
		}
	}
	if err := p.showPlan(c, plan, doc, out); err != nil {
		return err
	}
	if err := refusal(plan); err != nil {
		p.ui.diagnose(diagnostics(err)) // the document on stdout, if any, is the plan
		return exitStatus(exitRefused)
	}
	p.printHiddenProblems(plan)
	return detailed(c, plan)
}

// detailed is the result of a plan with -detailed-exitcode: 2 if there are changes,
// else 1 if there is an error in the plan.
func detailed(c *cli.Context, plan *diff.Plan) error {
	switch {
	case !c.Bool("detailed-exitcode"):
	case !plan.Empty():
		return errChanges
	case len(plan.Failures()) > 0:
		return exitStatus(exitError)
	}
	return nil
}

// savedTo returns the file for the plan, after it has deleted an older plan there; ""
// without -out.
func savedTo(c *cli.Context) (string, error) {
	out := c.String("out")
	switch {
	case c.IsSet("out") && out == "":
		return "", wrongUsage(errors.New("-out is empty"), "Check the variable that its value came from.")
	case out != "" && c.IsSet("inventory"):
		return "", wrongUsage(errors.New("-inventory and -out cannot be used together"), "A plan from a saved inventory is for review only. To apply one, plan without -inventory.")
	case out != "":
		return out, dropOldPlan(out)
	}
	return "", nil
}

// planned makes the plan from the places, or from a saved inventory.
func (p *process) planned(c *cli.Context, spec *state.Spec, secrets providers.Secrets, options diff.Options) (*diff.Plan, *world, error) {
	if c.IsSet("inventory") {
		return p.planOver(c.Context, c.String("inventory"), spec, options)
	}
	return p.compute(c.Context, spec, secrets, options)
}

func (p *process) showPlan(c *cli.Context, plan *diff.Plan, doc []byte, out string) error {
	if c.Bool("json") {
		return p.printPlanJSON(plan, doc)
	}
	p.ui.result(p.planText(plan, planForm(c)))
	if c.IsSet("inventory") || plan.Refused() || plan.Empty() && len(plan.Cleanups) == 0 && out == "" {
		return nil
	}
	p.ui.result("\n" + render.Ruler() + "\n\n" + whatNext(out, p.inAutomation()))
	return nil
}

// whatNext is the text below a plan.
func whatNext(out string, automation bool) string {
	switch {
	case out == "":
		return "Note: You didn't use the -out option to save this plan, so vmxsync can't\nguarantee to take exactly these actions if you run \"vmxsync apply\" now.\n"
	case automation:
		return fmt.Sprintf("Saved the plan to: %s\n", out)
	}
	return fmt.Sprintf("Saved the plan to: %s\n\nTo perform exactly these actions, run the following command to apply:\n    vmxsync apply %s\n", out, quoted(out))
}

func (p *process) inAutomation() bool {
	v, _ := p.env("VMXSYNC_IN_AUTOMATION")
	return v != ""
}

// noArguments refuses arguments, for a command that takes none.
func noArguments(c *cli.Context) error {
	arg := c.Args().First()
	if arg == "" {
		return nil
	}
	err := fmt.Errorf("unexpected argument %q", arg)
	if c.Command.Name == "plan" {
		return wrongUsage(err, "To save the plan to a file: vmxsync plan -out="+arg)
	}
	return wrongUsage(err, "vmxsync "+c.Command.Name+" -help shows its usage.")
}
