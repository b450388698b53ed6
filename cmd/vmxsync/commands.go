package main

import (
	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/hclconfig"
)

// arguments are the values of -var and -var-file of one command.
type arguments struct{ vars []hclconfig.VarArg }

func (p *process) commands() []*cli.Command {
	var plan, apply, validate, list, stands, check, unlock arguments
	return []*cli.Command{
		{
			Name:      "init",
			Usage:     "write a first configuration",
			ArgsUsage: "[DIR]",
			Description: "Writes vmxsync.hcl with remarks, and secrets/ for passwords, which git ignores, and says\n" +
				"what to do next. With -from-config, converts the configuration of VMExplorerFtpBackup.py:\n" +
				"its entries become destinations and backups, its passwords files in secrets/. Overwrites\n" +
				"nothing; what fails leaves nothing behind.\n\n" +
				"   vmxsync init\n" +
				"   vmxsync init -folder=D:/VirtualMachines D:/vmxsync\n" +
				"   vmxsync init -from-config=config.py -folder=/srv/vm-backups",
			CustomHelpTemplate: exitCodes(),
			Flags:              initFlags(),
			Action:             p.init,
		},
		{
			Name:  "validate",
			Usage: "check the configuration",
			Description: "Prints all problems of the configuration at once. Asks no server and no disk.\n\n" +
				"   vmxsync validate\n" +
				"   vmxsync validate -json   (for editors and CI)",
			CustomHelpTemplate: exitCodes(),
			Flags:              append(varFlags(&validate.vars), jsonFlag("print one JSON document")),
			Action:             func(c *cli.Context) error { return p.validate(c, validate) },
		},
		{
			Name:  "plan",
			Usage: "show what apply would do, and why",
			Description: "Reads all places, decides what is kept, and prints what would change. Writes nothing\n" +
				"anywhere but, with -out, the plan file.\n\n" +
				"   vmxsync plan -out=plan.out\n" +
				"   vmxsync plan -detailed-exitcode -concise   (2: there is something to do)\n" +
				"   vmxsync plan -json",
			CustomHelpTemplate: exitCodes(
				"2    there are changes (with -detailed-exitcode)",
				"5    a guard refused the plan: it was printed, and not saved"),
			Flags:  append(varFlags(&plan.vars), planFlags()...),
			Action: func(c *cli.Context) error { return p.plan(c, plan) },
		},
		{
			Name:      "apply",
			Usage:     "carry out a saved plan, or plan and ask",
			ArgsUsage: "[FILE]",
			Description: "With FILE: does exactly what that plan says, after checking that the world is still as\n" +
				"the plan saw it. Killed and run again with the same file, it finishes.\n" +
				"Without FILE: plans, shows the plan and asks for approval.\n" +
				"A destination that another apply is changing is locked: see -lock-timeout.\n" +
				"Runs the hooks of the plan, before and after it, tells whom notify names, and writes the log.\n\n" +
				"   vmxsync apply plan.out\n" +
				"   vmxsync apply -auto-approve -quiet   (every night)\n" +
				"   vmxsync apply -auto-approve=create   (leaves the deletes for one that asks)",
			CustomHelpTemplate: exitCodes(
				"3    some steps failed, the others are done",
				"4    the saved plan is stale, has expired, or was already applied",
				"5    a guard refused the plan, or held deletes back; all else is done",
				"6    another apply has locked a destination, or has taken its lock over",
				"130  interrupted; the same command goes on"),
			Flags:  append(varFlags(&apply.vars), applyFlags()...),
			Action: func(c *cli.Context) error { return p.apply(c, apply) },
		},
		{
			Name:      "show",
			Usage:     "print a saved plan",
			ArgsUsage: "FILE",
			Description: "Prints the plan as the plan command did. Needs no configuration and asks no server.\n\n" +
				"   vmxsync show plan.out\n" +
				"   vmxsync show plan.out -json",
			CustomHelpTemplate: exitCodes(),
			Flags:              showFlags(),
			Action:             p.show,
		},
		{
			Name:      "list",
			Usage:     "show what is where",
			ArgsUsage: "[VM...]",
			Description: "Lists the sets of all places: state, files, size, age. VM may be a glob. Works where a\n" +
				"source is missing.\n\n" +
				"   vmxsync list\n" +
				"   vmxsync list dc01 \"sql-*\" -destination=nas -files\n" +
				"   vmxsync list -all -json   (staging, trash and foreign names too)",
			CustomHelpTemplate: exitCodes(),
			Flags:              append(varFlags(&list.vars), listFlags()...),
			Action:             func(c *cli.Context) error { return p.list(c, list) },
		},
		{
			Name:  "status",
			Usage: "show how each VM stands at each destination",
			Description: "Says per VM and destination which complete set is the newest, how old it is, how many are\n" +
				"held, and what plan would do. Works where a source is missing: no plan can be made then.\n\n" +
				"   vmxsync status\n" +
				"   vmxsync status -detailed-exitcode   (for a monitor)\n" +
				"   vmxsync status -json",
			CustomHelpTemplate: exitCodes("2    a VM is behind or not fresh, or no plan can be made (with -detailed-exitcode)"),
			Flags:              append(varFlags(&stands.vars), statusFlags()...),
			Action:             func(c *cli.Context) error { return p.status(c, stands) },
		},
		{
			Name:      "check",
			Usage:     "test a server against the rules that vmxsync relies on",
			ArgsUsage: "DESTINATION",
			Description: "Tries each rule at the destination, in a folder of its own in the work folder, which it\n" +
				"removes afterwards, and touches nothing else. Says for each rule that does not hold what\n" +
				"was seen, what vmxsync does about it, and what you can do. Needs no source.\n\n" +
				"   vmxsync check nas\n" +
				"   vmxsync check nas -entries=12000   (finds listings that are cut; takes minutes)\n" +
				"   vmxsync check nas -json",
			CustomHelpTemplate: exitCodes("2    a rule does not hold", "130  interrupted; nothing is left, or what is left is named"),
			Flags:              append(varFlags(&check.vars), checkFlags()...),
			Action:             func(c *cli.Context) error { return p.check(c, check) },
		},
		p.retentionCommand(),
		{
			Name:      "fmt",
			Usage:     "bring configuration files into canonical form",
			ArgsUsage: "[PATH...]",
			Description: "Rewrites vmxsync.hcl, *.vmxsync.hcl and *.vars.hcl of the folders or files given, here\n" +
				"without any, and prints the names of those that it changed. - stands for standard input,\n" +
				"formatted to standard output. What does not parse, and where links lead, is not touched.\n\n" +
				"   vmxsync fmt\n" +
				"   vmxsync fmt -check -diff -recursive   (in CI: changes nothing)\n" +
				"   vmxsync fmt - < vmxsync.hcl",
			CustomHelpTemplate: exitCodes(
				"2    a file does not parse, or cannot be read or written",
				"3    a file is not in canonical form (with -check)"),
			Flags:  fmtFlags(),
			Action: p.format,
		},
		{
			Name:      "force-unlock",
			Usage:     "remove the lock of an apply that is dead",
			ArgsUsage: "DESTINATION/ID",
			Description: "Removes the lock of that destination if ID holds it, and nothing else. An apply that finds\n" +
				"a destination locked says who holds the lock, and its ID. It is seldom needed: the next\n" +
				"apply on the same machine takes the lock of a dead one over at once, one on another machine\n" +
				"with -lock-timeout=2m.\n\n" +
				"   vmxsync force-unlock nas/3f2a9c41d07b",
			CustomHelpTemplate: exitCodes(),
			Flags:              append(varFlags(&unlock.vars), forceUnlockFlags()...),
			Action:             func(c *cli.Context) error { return p.forceUnlock(c, unlock) },
		},
		p.completionCommand(),
		{
			Name:  "version",
			Usage: "print the version",
			Description: "Prints the version, and with -json that of the plan files which it reads and writes.\n\n" +
				"   vmxsync version -json",
			CustomHelpTemplate: exitCodes(),
			Flags:              []cli.Flag{jsonFlag("print one JSON document")},
			Action:             p.version,
		},
	}
}

func (p *process) retentionCommand() *cli.Command {
	var explain, simulate arguments
	return &cli.Command{
		Name:  "retention",
		Usage: "explain what a retention keeps, and try it out",
		Description: "Says why each set is kept, and what a policy will hold.\n\n" +
			"   vmxsync retention explain dc01\n" +
			"   vmxsync retention simulate -policy=gfs",
		CustomHelpTemplate: groupExitCodes(),
		Action:             p.noSubcommand,
		Subcommands: []*cli.Command{{
			Name:      "explain",
			Usage:     "say of each set of a VM why it is kept or not",
			ArgsUsage: "VM",
			Description: "Reads all places as plan does, and lists the sets of the VM at each destination, newest\n" +
				"first, with every reason, and which one goes next. VM may be a glob. Writes nothing.\n\n" +
				"   vmxsync retention explain dc01\n" +
				"   vmxsync retention explain \"sql-*\" -destination=nas -json",
			CustomHelpTemplate: exitCodes(),
			Flags:              append(varFlags(&explain.vars), explainFlags()...),
			Action:             func(c *cli.Context) error { return p.explain(c, explain) },
		}, {
			Name:  "simulate",
			Usage: "play a retention forward and show what it holds",
			Description: "Decides after each set that would come, as plan does, beginning with nothing. Asks no\n" +
				"server and no disk.\n\n" +
				"   vmxsync retention simulate\n" +
				"   vmxsync retention simulate -policy=gfs -every=12h -for=3y -size=40GiB",
			CustomHelpTemplate: exitCodes(),
			Flags:              append(varFlags(&simulate.vars), simulateFlags()...),
			Action:             func(c *cli.Context) error { return p.simulate(c, simulate) },
		}},
	}
}
