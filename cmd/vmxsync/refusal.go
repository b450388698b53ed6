package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/cmdline"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/hclconfig"
)

// failure.ApprovalNeeded is the failure of an apply that nobody can approve.

// isRefusedUnseen reports whether the command line of an apply is wrong, nobody is
// there to read that, and no notification was sent: the night has no backup, as if
// something else had failed.
func (p *process) isRefusedUnseen(err error) bool {
	var refused *failure.Problem
	if p.reported || !errors.As(err, &refused) || refused.Summary != failure.WrongUsage && refused.Summary != failure.ApprovalNeeded {
		return false
	}
	path, _ := cmdline.CommandIn(p.app(), p.args)
	unseen := func(arg string) bool { return strings.HasPrefix(strings.TrimLeft(arg, "-"), "auto-approve") }
	return slices.Equal(path, []string{"apply"}) && !slices.ContainsFunc(p.args, isCheck) && (slices.ContainsFunc(p.args, unseen) || !ui.IsTerminal(p.stdin))
}

func isCheck(arg string) bool {
	return strings.TrimLeft(arg, "-") == "check" && strings.HasPrefix(arg, "-")
}

// reportRefusal sends the notifications of the configuration.
func (p *process) reportRefusal(ctx context.Context, err error) error {
	dir := directoryIn(p.args)
	if !p.inPlace && chdir(dir) != nil {
		p.setUpReportWithoutDir(dir)
		return p.finish(ctx, err)
	}
	spec, secrets, diags := p.load(nil, arguments{})
	if diags.HasErrors() {
		p.setUpBrokenReport()
	} else {
		p.setUpReport(spec, secrets)
	}
	return p.finish(ctx, err)
}

// setUpReportWithoutDir is for an apply whose configuration directory cannot be entered:
// only the last configuration that was there names who is notified.
func (p *process) setUpReportWithoutDir(dir string) {
	if dir, err := filepath.Abs(dir); err == nil {
		p.salvaged = hclconfig.Salvage{Dir: dir, Unread: true}
	}
	p.setUpBrokenReport()
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
