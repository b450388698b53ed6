package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig"
)

// summaryApproval is the failure of an apply that nobody can approve.
const summaryApproval = "Approval is needed"

// isRefusedUnseen tells that the command line of an apply is wrong, that nobody
// sits there to read it, and that nobody was told: the night has no backup, as if
// something else had failed.
func (p *process) isRefusedUnseen(err error) bool {
	var refused *problem
	if p.reported || !errors.As(err, &refused) || refused.summary != summaryUsage && refused.summary != summaryApproval {
		return false
	}
	path, _ := commandIn(p.app(), p.args)
	unseen := func(arg string) bool { return strings.HasPrefix(strings.TrimLeft(arg, "-"), "auto-approve") }
	return slices.Equal(path, []string{"apply"}) && !slices.ContainsFunc(p.args, isCheck) && (slices.ContainsFunc(p.args, unseen) || !isTerminal(p.stdin))
}

func isCheck(arg string) bool {
	return strings.TrimLeft(arg, "-") == "check" && strings.HasPrefix(arg, "-")
}

// reportRefusal tells whoever the configuration names.
func (p *process) reportRefusal(ctx context.Context, err error) error {
	dir := directoryIn(p.args)
	if !p.inPlace && chdir(dir) != nil {
		p.aroundNowhere(dir)
		return p.ended(ctx, err)
	}
	spec, secrets, diags := p.load(nil, arguments{})
	if diags.HasErrors() {
		p.aroundBroken()
	} else {
		p.aroundNew(spec, secrets)
	}
	return p.ended(ctx, err)
}

// aroundNowhere is for an apply whose configuration directory cannot be entered: only
// the last configuration that was there says who can be told.
func (p *process) aroundNowhere(dir string) {
	if dir, err := filepath.Abs(dir); err == nil {
		p.salvaged = hclconfig.Salvage{Dir: dir, Unread: true}
	}
	p.aroundBroken()
}

// directoryIn is the value of -chdir in arguments that nobody has read.
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
