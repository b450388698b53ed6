package main

import (
	"context"
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
	"github.com/vmxsync/vmxsync/state/wording"
)

type planFlags struct {
	given
	scope
	toRestore                                         toRestore
	vars                                              []hclconfig.VarArg
	out, inventory                                    string
	concise, summary, detailedExitcode, partial, json bool
	expires                                           time.Duration
	parallelism                                       int
}

func planCommand(env *session.Env, out *ui.UI) *cli.Command {
	f := &planFlags{}
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
			"   vmxsync plan -restore=nas/dc01/latest -to=/srv/restored -out=restore.out\n" +
			"   vmxsync plan -destroy -target=nas/web01 -out=plan.out",
		CustomHelpTemplate: exitCodes(
			"2    there are changes (with -detailed-exitcode)",
			"5    a guard refused the plan: it was printed, but not saved"),
		Flags:  f.flags(),
		Action: func(c *cli.Context) error { f.given = givenTo(c); return plan(c.Context, env, out, *f) },
	}
}

func (f *planFlags) flags() []cli.Flag {
	return slices.Concat(varFlags(&f.vars), f.scope.flags(), f.toRestore.flags(), []cli.Flag{
		&cli.StringFlag{Name: "out", Destination: &f.out, Usage: "save the plan to `FILE`"},
		&cli.StringFlag{Name: "inventory", Destination: &f.inventory, Usage: "plan from a saved inventory `FILE` (vmxsync list -all -json) without connecting to anything, to review a configuration change"},
		&cli.BoolFlag{Name: "concise", Destination: &f.concise, Usage: "print one line per set"},
		&cli.BoolFlag{Name: "summary", Destination: &f.summary, Usage: "print totals and notices only"},
		&cli.BoolFlag{Name: "detailed-exitcode", Destination: &f.detailedExitcode, Usage: "exit with 2 if there are changes"},
		&cli.BoolFlag{Name: "partial", Destination: &f.partial, Usage: "plan without destinations that cannot be reached, and report them"},
		&cli.DurationFlag{Name: "expires", Destination: &f.expires, Usage: "how long the saved plan is valid", Value: 24 * time.Hour},
		takeOverFlag(&f.takeOver),
		parallelismFlag(&f.parallelism, "read at most `N` places at once", "all"),
		allowShrinkFlag(&f.allowShrink),
		jsonFlag(&f.json, "print the plan as a JSON document"),
	})
}

func plan(ctx context.Context, env *session.Env, out *ui.UI, f planFlags) error {
	if err := f.noArguments(); err != nil {
		return err
	}
	if err := f.checkParallelism(f.parallelism); err != nil {
		return err
	}
	if err := f.checkRestoreFlags(); err != nil {
		return err
	}
	if err := f.dropOldPlan(); err != nil {
		return err
	}
	if f.set("restore") {
		return planTheRestore(ctx, env, out, f)
	}
	options, err := f.options(f.partial)
	if err != nil {
		return err
	}
	config, err := env.Configuration(f.vars)
	if err != nil {
		return err
	}
	planned, err := f.planned(ctx, env, config, options)
	defer planned.World.CloseAll()
	if err != nil {
		return err
	}
	plan := planned.Plan
	doc, err := session.Seal(env, plan, session.NewRunID(plan.Now), f.expires)
	if err != nil {
		return err
	}
	if f.out != "" && !plan.Refused() {
		if err := session.WritePlan(f.out, doc); err != nil {
			return failure.New("The plan cannot be saved", err)
		}
	}
	if err := showPlan(out, f, plan, doc, env.InAutomation()); err != nil {
		return err
	}
	if err := refusal(plan); err != nil {
		out.Diagnose(failure.Diagnostics(err)) // the document on stdout, if any, is the plan
		return failure.Refused
	}
	printHiddenProblems(out, plan)
	return f.result(plan)
}

// result is that of a plan with -detailed-exitcode: 2 if there are changes, else 1 if
// there is an error in the plan.
func (f planFlags) result(plan *diff.Plan) error {
	switch {
	case !f.detailedExitcode:
	case !plan.Empty():
		return failure.ErrChanges
	case len(plan.Failures()) > 0:
		return failure.Failed
	}
	return nil
}

// dropOldPlan deletes an older plan in the place of the new one.
func (f planFlags) dropOldPlan() error {
	switch {
	case f.set("out") && f.out == "":
		return failure.Usage(errors.New("-out is empty"), "Check the variable that its value came from.")
	case f.out != "" && f.set("inventory"):
		return failure.Usage(errors.New("-inventory and -out cannot be used together"), "A plan from a saved inventory is for review only. To apply one, plan without -inventory.")
	case f.out != "":
		return session.DropOldPlan(f.out)
	}
	return nil
}

// planned makes the plan from the places, or from a saved inventory.
func (f planFlags) planned(ctx context.Context, env *session.Env, config session.Config, options diff.Options) (session.Planned, error) {
	if f.set("inventory") {
		return planOver(ctx, env, f.inventory, config.Spec, options)
	}
	return session.Plan(ctx, env, session.Reading{Config: config, Parallelism: f.parallelism, TakeOver: f.takeOver}, options)
}

func showPlan(out *ui.UI, f planFlags, plan *diff.Plan, doc []byte, automation bool) error {
	if f.json {
		return printPlanJSON(out, plan, doc)
	}
	out.Result(planText(out, plan, planForm(f.summary, f.concise)))
	if f.set("inventory") || plan.Refused() || plan.Empty() && len(plan.Cleanups) == 0 && f.out == "" {
		return nil
	}
	out.Result("\n" + render.Ruler() + "\n\n" + whatNext(f.out, automation))
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
	return fmt.Sprintf("Saved the plan to: %s\n\nTo perform exactly these actions, run the following command to apply:\n    vmxsync apply %s\n", out, wording.Quoted(out))
}
