package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// hooksFor returns the hooks of an occasion.
func (a *applyReport) hooksFor(on state.Occasion) []state.Hook {
	return slices.DeleteFunc(slices.Clone(a.hooks), func(h state.Hook) bool { return !slices.Contains(h.On, on) })
}

// beforeApply returns a function that runs the hooks that may stop the apply; nil if
// there are none.
func (p *process) beforeApply(plan *diff.Plan) func(context.Context) error {
	hooks := p.applyReport.hooksFor(state.BeforeApply)
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

// skipped reports that an apply ends because a hook asked for it. The work is postponed,
// but no error of the plan is.
func (p *process) skipped(err error) {
	p.applyReport.report.Result = notify.Skipped
	text := providers.Escape(fmt.Sprintf("Apply skipped, and nothing was changed: %v.", err))
	if p.ui.JSON {
		p.ui.Logf(slog.LevelInfo, "%s", text)
		return
	}
	p.ui.Result("\n" + text + "\n")
}

// runHooksAfter runs the hooks after an apply. An interrupt ends the running hook and
// skips the rest.
func (p *process) runHooksAfter(ctx context.Context) {
	for _, on := range p.applyReport.occasions() {
		for _, h := range p.applyReport.hooksFor(on) {
			failed := p.runHook(ctx, h, on)
			if ctx.Err() != nil {
				return
			}
			if failed != nil {
				p.ui.Warn("A hook failed", fmt.Sprintf("%v. The result of the apply stays the same.", failed), "")
			}
		}
	}
}

// occasions returns the occasions that apply to the result.
func (a *applyReport) occasions() []state.Occasion {
	switch a.report.Result {
	case notify.Success:
		return []state.Occasion{state.AfterSuccess, state.AfterApply}
	case notify.Failure:
		return []state.Occasion{state.AfterFailure, state.AfterApply}
	}
	return []state.Occasion{state.AfterApply}
}

// keptLines is how many lines of output of a hook are kept in case it fails.
const keptLines = 50

// runHook runs a hook and passes on its output. With -quiet the output is printed
// only if the hook fails.
func (p *process) runHook(ctx context.Context, h state.Hook, on state.Occasion) error {
	var kept []string
	print := func(line string) {
		if p.ui.Quiet {
			kept = append(kept, line)
			kept = kept[max(0, len(kept)-keptLines):]
			p.ui.Log().Add(slog.LevelInfo, "hook "+h.Name+": "+line)
			return
		}
		p.ui.Logf(slog.LevelInfo, "hook %s: %s", h.Name, line)
	}
	p.ui.Logf(slog.LevelDebug, "running hook %s at %s", h.Name, on)
	err := notify.RunHook(ctx, h, on, p.applyReport.withWarnings(p.ui.Warned()), notify.Stage{Environ: p.environ, Say: print})
	if err != nil {
		for _, line := range kept {
			p.ui.Logf(slog.LevelWarn, "hook %s: %s", h.Name, line)
		}
	}
	return err
}
