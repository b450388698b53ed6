// Command vmxsync plans and applies the off-site copies of VM backups.
//
// This package is the command line. run.go makes an app of the commands, commands.go
// lists them, and the command plan, for example, is in cmd_plan.go: its help, its flags,
// and
//
//	func plan(ctx context.Context, env *session.Env, out *ui.UI, f planFlags) error
//
// What commands share is in session (open places, read, plan, lock), statedir (what this
// machine remembers) and report (hooks, notifications, metrics of an apply); all that a
// person sees is in ui and below it; errors for people and exit codes are in failure; the
// order of arguments and their completion in cmdline.
//
// Only this package uses os.Args, os.Exit, the standard streams, the environment, signals
// and urfave/cli.
package main
