package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// at are the hooks of an occasion.
func (a *around) at(on state.Occasion) []state.Hook {
	return slices.DeleteFunc(slices.Clone(a.hooks), func(h state.Hook) bool { return !slices.Contains(h.On, on) })
}

// beforeApply runs the hooks that may stop the apply; nil where there is none.
func (p *process) beforeApply(plan *diff.Plan) func(context.Context) error {
	hooks := p.around.at(state.BeforeApply)
	if len(hooks) == 0 || nothingToDo(plan) {
		return nil
	}
	return func(ctx context.Context) error {
		for _, h := range hooks {
			if err := p.runHook(ctx, h, state.BeforeApply); err != nil {
				return err
			}
		}
		return nil
	}
}

// skipped tells that an apply ends because a hook asked for it. That puts the work
// off, and no error of the plan.
func (p *process) skipped(err error) {
	p.around.report.Result = notify.Skipped
	text := providers.Escape(fmt.Sprintf("Apply skipped, and nothing was changed: %v.", err))
	if p.voice.json {
		p.voice.tell(levelInfo, "%s", text)
		return
	}
	p.voice.result("\n" + text + "\n")
}

// runHooksAfter: an interrupt ends the one that runs, and the row of them.
func (p *process) runHooksAfter(ctx context.Context) {
	for _, on := range p.around.occasions() {
		for _, h := range p.around.at(on) {
			failed := p.runHook(ctx, h, on)
			if ctx.Err() != nil {
				return
			}
			if failed != nil {
				p.voice.warn("A hook failed", fmt.Sprintf("%v. It changes nothing about the apply.", failed))
			}
		}
	}
}

// occasions are those that have come.
func (a *around) occasions() []state.Occasion {
	switch a.report.Result {
	case notify.Success:
		return []state.Occasion{state.AfterSuccess, state.AfterApply}
	case notify.Failure:
		return []state.Occasion{state.AfterFailure, state.AfterApply}
	}
	return []state.Occasion{state.AfterApply}
}

// keptLines is how much of what a hook says is kept for the case that it fails.
const keptLines = 50

// runHook runs a hook and passes on what it says. With -quiet that is told only
// if it fails.
func (p *process) runHook(ctx context.Context, h state.Hook, on state.Occasion) error {
	var kept []string
	say := func(line string) {
		if p.voice.quiet {
			kept = append(kept, line)
			kept = kept[max(0, len(kept)-keptLines):]
			p.voice.log.add(levelInfo, "hook "+h.Name+": "+line)
			return
		}
		p.voice.tell(levelInfo, "hook %s: %s", h.Name, line)
	}
	p.voice.tell(levelDebug, "running hook %s at %s", h.Name, on)
	err := notify.RunHook(ctx, h, on, p.around.summed(p.voice.warned), notify.Stage{Environ: p.environ, Say: say})
	if err != nil {
		for _, line := range kept {
			p.voice.tell(levelWarn, "hook %s: %s", h.Name, line)
		}
	}
	return err
}
