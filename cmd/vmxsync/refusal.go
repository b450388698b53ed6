package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/hclconfig"
)

// failure.ApprovalNeeded is the failure of an apply that nobody can approve.

// isRefusedUnseen reports whether the command line of an apply is wrong, nobody is
// there to read that, and no notification was sent: the night has no backup, as if
// something else had failed.
func (l *line) isRefusedUnseen(err error) bool {
	var refused *failure.Problem
	if l.report.Reported() || !errors.As(err, &refused) || refused.Summary != failure.WrongUsage && refused.Summary != failure.ApprovalNeeded {
		return false
	}
	path, _ := cmdline.CommandIn(l.app(), l.args)
	unseen := func(arg string) bool { return strings.HasPrefix(strings.TrimLeft(arg, "-"), "auto-approve") }
	return slices.Equal(path, []string{"apply"}) && !slices.ContainsFunc(l.args, isCheck) && (slices.ContainsFunc(l.args, unseen) || !ui.IsTerminal(l.stdin))
}

func isCheck(arg string) bool {
	return strings.TrimLeft(arg, "-") == "check" && strings.HasPrefix(arg, "-")
}

// reportRefusal sends the notifications of the configuration. If its directory cannot be
// entered, only the last configuration that was there names who is notified.
func (l *line) reportRefusal(ctx context.Context, err error) error {
	dir := directoryIn(l.args)
	if !l.inPlace && session.Chdir(dir) != nil {
		var config session.Config
		if dir, err := filepath.Abs(dir); err == nil {
			config.Salvaged = hclconfig.Salvage{Dir: dir, Unread: true}
		}
		l.report.Broken(config)
		return finish(ctx, l.out, l.report, err, 0)
	}
	config, diags := l.session.Load(nil)
	if diags.HasErrors() {
		l.report.Broken(config)
	} else {
		beginReport(l.out, l.session, l.report, config)
	}
	return finish(ctx, l.out, l.report, err, 0)
}

// directoryIn returns the value of -chdir in arguments that were not parsed.
func directoryIn(args []string) string {
	for i, arg := range args {
		name, value, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name != "chdir" || !strings.HasPrefix(arg, "-") {
			continue
		}
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		return value
	}
	return ""
}
