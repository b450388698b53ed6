package report

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/config"
)

// hooksFor returns the hooks of an occasion.
func hooksFor(hooks []config.Hook, on config.Occasion) []config.Hook {
	return slices.DeleteFunc(slices.Clone(hooks), func(h config.Hook) bool { return !slices.Contains(h.On, on) })
}

// Before returns a function that runs the hooks that may stop the apply; nil if
// there are none.
func (a *Apply) Before(plan *diff.Plan) func(context.Context) error {
	hooks := hooksFor(a.hooks, config.BeforeApply)
	if len(hooks) == 0 || session.NothingToDo(plan) {
		return nil
	}
	return func(ctx context.Context) error {
		for _, h := range hooks {
			if err := a.runHook(ctx, h, config.BeforeApply); err != nil {
				return err
			}
		}
		return nil
	}
}

// runHooksAfter runs the hooks after an apply. An interrupt ends the running hook and
// skips the rest.
func (a *Apply) runHooksAfter(ctx context.Context) {
	for _, on := range occasions(a.report) {
		for _, h := range hooksFor(a.hooks, on) {
			failed := a.runHook(ctx, h, on)
			if ctx.Err() != nil {
				return
			}
			if failed != nil {
				a.out.Warn("A hook failed", fmt.Sprintf("%v. The result of the apply stays the same.", failed), "")
			}
		}
	}
}

// occasions returns the occasions that apply to the result.
func occasions(r notify.Report) []config.Occasion {
	switch r.Result {
	case notify.Success:
		return []config.Occasion{config.AfterSuccess, config.AfterApply}
	case notify.Failure:
		return []config.Occasion{config.AfterFailure, config.AfterApply}
	}
	return []config.Occasion{config.AfterApply}
}

// runHook runs a hook and passes on its output.
func (a *Apply) runHook(ctx context.Context, h config.Hook, on config.Occasion) error {
	echo := NewEcho(a.out, "hook "+h.Name+": ")
	a.out.Logf(slog.LevelDebug, "running hook %s at %s", h.Name, on)
	err := notify.RunHook(ctx, h, on, a.now(), notify.Stage{Environ: a.env.Environ, Say: echo.Line})
	if err != nil {
		echo.Failed()
	}
	return err
}
