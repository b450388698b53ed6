package main

import "github.com/urfave/cli/v2"

// commands returns the commands of the program, in the order of the help. Each is in the
// file of its name.
func (l *line) commands() []*cli.Command {
	env, out := l.session, l.out
	return []*cli.Command{
		initCommand(env, out),
		validateCommand(env, out),
		planCommand(env, out),
		applyCommand(env, out, l.stdin, l.report),
		showCommand(env, out),
		restoreCommand(env, out, l.stdin),
		verifyCommand(env, out),
		drillCommand(env, out),
		reportCommand(env, out),
		listCommand(env, out, l.stdin),
		statusCommand(env, out),
		checkCommand(env, out, l.timer),
		retentionCommand(env, out),
		fmtCommand(env, out, l.stdin),
		forceUnlockCommand(env, out, l.stdin),
		completionCommand(out),
		versionCommand(out),
	}
}
