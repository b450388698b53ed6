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
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// around is what surrounds an apply, as far as it is known by now: nothing where
// no apply has begun, or somebody said no to it.
type around struct {
	known    bool
	begun    bool // those who want to know of a begin have been told
	hooks    []state.Hook
	notifies []state.Notify
	secrets  providers.Secrets
	metrics  *state.Metrics
	report   notify.Report
	began    time.Time // of the machine's clock, whatever is set
}

// aroundNew is for an apply that is to make its plan itself.
func (p *process) aroundNew(spec *state.Spec, secrets providers.Secrets) {
	p.around = around{known: true, hooks: spec.Hooks, notifies: spec.Notifies, metrics: spec.Metrics, secrets: secrets, report: p.newReport(), began: time.Now()}
	p.around.report.Name = spec.Name
}

// aroundBroken is for one that has no configuration, but some who can be told
// of it.
func (p *process) aroundBroken() {
	p.around = around{known: true, notifies: p.salvaged, secrets: hclconfig.Secrets{Env: p.env}.Resolve, report: p.newReport(), began: time.Now()}
}

// aroundSaved is for the apply of a plan that was read and proven.
func (p *process) aroundSaved(saved *diff.Saved) {
	a := &p.around
	if !a.known {
		a.report, a.began = p.newReport(), time.Now()
		a.secrets = hclconfig.Secrets{Env: p.env}.Resolve // until the variables have been asked for
	}
	a.known, a.hooks, a.notifies, a.metrics = true, saved.Plan.Hooks, saved.Plan.Notifies, saved.Plan.Metrics
	a.report = a.report.Of(saved.Plan)
	a.report.Run, a.report.Plan = saved.Envelope.RunID, saved.ID
}

func (p *process) newReport() notify.Report {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return notify.Report{Format: notify.Format, Result: notify.Pending, Host: host, Started: p.now().UTC()}
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

// ended runs the hooks that come after an apply and tells who wants to know,
// which changes nothing any more.
func (p *process) ended(ctx context.Context, err error) error {
	if !p.around.known {
		return err
	}
	p.around.conclude(err)
	p.voice.record(err)
	if !errors.Is(err, context.Canceled) { // what is interrupted is not at its end
		p.runHooksAfter(ctx)
	}
	p.writeMetrics()
	p.notifyAll(context.WithoutCancel(ctx), p.around.summed(p.voice.warned).Verdict())
	return err
}

func (p *process) runHooksAfter(ctx context.Context) {
	for _, on := range p.around.occasions() {
		for _, h := range p.around.at(on) {
			if failed := p.runHook(ctx, h, on); failed != nil {
				p.voice.warn("A hook failed", fmt.Sprintf("%v. It changes nothing about the apply.", failed))
			}
		}
	}
}

// begins tells, once, that an apply begins which nobody is asked about any more.
func (p *process) begins(ctx context.Context) {
	if !p.around.begun {
		p.around.begun = true
		p.notifyAll(ctx, state.VerdictStart)
	}
}

// notifyAll tells everybody who wants to know. Who cannot be told is a warning.
func (p *process) notifyAll(ctx context.Context, v state.Verdict) {
	sender := notify.Sender{Secrets: p.around.secrets}
	report, log := p.around.summed(p.voice.warned), p.voice.transcript.bytes()
	for _, n := range p.around.notifies {
		err := sender.Send(ctx, n, v, report, log)
		if err != nil && ctx.Err() == nil {
			p.voice.warnOf("A notification failed", err)
		}
	}
}

func (p *process) writeMetrics() {
	if p.around.metrics == nil {
		return
	}
	if err := notify.WriteMetrics(p.around.metrics.Textfile, p.around.summed(p.voice.warned), p.now()); err != nil {
		p.voice.warnOf("The metrics were not written", err)
	}
}

// summed is the report with all warnings so far.
func (a *around) summed(told []string) notify.Report {
	r := a.report
	r.Warnings = slices.Concat(r.Warnings, told)
	return r
}

// conclude puts into the report how it ended.
func (a *around) conclude(err error) {
	code := exitCode(err)
	a.report.ExitCode = &code
	a.report.Seconds = time.Since(a.began).Seconds()
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
		a.report.Errors = append(a.report.Errors, notify.Problem{Summary: d.Summary, Detail: placed(d), Hint: d.Hint})
	}
}

// placed is the detail of a diagnostic with where it is.
func placed(d hclconfig.Diagnostic) string {
	if len(d.Places) == 0 {
		return d.Detail
	}
	at := d.Places[0].Range
	return fmt.Sprintf("on %s line %d: %s", at.Filename, at.Start.Line, d.Detail)
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
