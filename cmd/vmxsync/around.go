package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// around is what surrounds an apply, as far as it is known by now: nothing where
// no apply has begun, or somebody said no to it.
type around struct {
	known  bool
	hooks  []state.Hook
	report notify.Report
}

// aroundNew is for an apply that is to make its plan itself.
func (p *process) aroundNew(spec *state.Spec) {
	p.around = around{known: true, hooks: spec.Hooks, report: newReport()}
	p.around.report.Name = spec.Name
}

// aroundSaved is for the apply of a plan that was read and proven.
func (p *process) aroundSaved(saved *diff.Saved) {
	r := p.around.report
	if !p.around.known {
		r = newReport()
	}
	r = r.Of(saved.Plan)
	r.Run, r.Plan = saved.Envelope.RunID, saved.ID
	p.around = around{known: true, hooks: saved.Plan.Hooks, report: r}
}

func newReport() notify.Report {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return notify.Report{Format: notify.Format, Result: notify.Pending, Host: host, Started: time.Now().UTC()}
}

// did puts into the report what became of the changes.
func (a *around) did(r apply.Result) {
	if r.Outcomes == nil {
		return // it was not begun
	}
	a.report.Changes = nil
	for _, o := range r.Outcomes {
		if o.Action == 0 {
			continue
		}
		c := notify.Change{Address: o.Address, Action: o.Action.String(), Status: string(o.Status), Bytes: o.Bytes}
		if o.Err != nil {
			c.Error = o.Err.Error()
		}
		a.report.Changes = append(a.report.Changes, c)
	}
	a.report.Done = notify.Done{
		Added: r.Added, Changed: r.Changed, Destroyed: r.Destroyed, Failed: len(r.Failures()), UploadedBytes: r.Uploaded, FreedBytes: r.Freed,
	}
}

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

// skipped ends an apply in peace because a hook asked for it.
func (p *process) skipped(err error) error {
	p.around.report.Result = notify.Skipped
	text := providers.Escape(fmt.Sprintf("Apply skipped, and nothing was changed: %v.", err))
	if p.voice.json {
		p.voice.tell(levelInfo, "%s", text)
		return nil
	}
	p.voice.result("\n" + text + "\n")
	return nil
}

// ended runs the hooks that come after an apply, whose failures change nothing
// any more. An apply that was interrupted starts nothing new.
func (p *process) ended(ctx context.Context, err error) error {
	if !p.around.known || errors.Is(err, context.Canceled) {
		return err
	}
	p.around.conclude(err)
	for _, on := range p.around.occasions() {
		for _, h := range p.around.at(on) {
			if failed := p.runHook(ctx, h, on); failed != nil {
				p.voice.warn("A hook failed", fmt.Sprintf("%v. It changes nothing about the apply.", failed))
			}
		}
	}
	return err
}

// conclude puts into the report how it ended.
func (a *around) conclude(err error) {
	code := exitCode(err)
	a.report.ExitCode = &code
	a.report.Seconds = time.Since(a.report.Started).Seconds()
	switch {
	case code != exitDone:
		a.report.Result = notify.Failure
	case a.report.Result != notify.Skipped:
		a.report.Result = notify.Success
	}
	var s status
	if err == nil || errors.As(err, &s) {
		return
	}
	for _, d := range diagnostics(err) {
		a.report.Errors = append(a.report.Errors, notify.Problem{Summary: d.Summary, Detail: d.Detail, Hint: d.Hint})
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
	p.around.report.Warnings = p.voice.warned
	var kept []string
	say := func(line string) {
		if p.voice.quiet {
			kept = append(kept, line)
			kept = kept[max(0, len(kept)-keptLines):]
			return
		}
		p.voice.tell(levelInfo, "hook %s: %s", h.Name, line)
	}
	p.voice.tell(levelDebug, "running hook %s at %s", h.Name, on)
	err := notify.RunHook(ctx, h, on, p.around.report, notify.Stage{Environ: p.environ, Say: say})
	if err != nil {
		for _, line := range kept {
			p.voice.tell(levelWarn, "hook %s: %s", h.Name, line)
		}
	}
	return err
}
