package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
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
	dir      string      // of the configuration; "" where that is not known
	run      *runRecord  // nil until it has begun
	read     *diff.Input // by the plan that this apply made itself; nil without one
	notes    noteFacts   // of that plan
	changes  []diff.Change
	outcomes []apply.Outcome
	unsent   int                      // notifications that failed
	records  map[string]*known.Record // that the apply left at destinations, by name
	began    time.Time                // of the machine's clock, whatever is set
}

// aroundNew is for an apply that is to make its plan itself.
func (p *process) aroundNew(spec *state.Spec, secrets providers.Secrets) {
	p.around = around{known: true, hooks: spec.Hooks, notifies: spec.Notifies, metrics: spec.Metrics, secrets: secrets, report: p.newReport(), dir: spec.Dir, began: time.Now()}
	p.around.report.Name = spec.Name
	p.around.report.Run = newRunID(p.now())
	p.startLog(spec.Log)
	p.keepNotifies(spec)
}

// aroundBroken is for one that has no configuration, but some who can be told
// of it: those that are known in spite of its errors, and those of the last
// configuration without any.
func (p *process) aroundBroken() {
	secrets := p.resolve
	if secrets == nil {
		secrets = hclconfig.Secrets{Env: p.env}.Resolve
	}
	p.around = around{known: true, notifies: p.salvaged.Notifies, secrets: p.withEnvironment(secrets), report: p.newReport(), began: time.Now()}
	p.around.report.Name = p.salvaged.Name
	p.addLastNotifies()
}

// aroundSaved is for the apply of a plan that was read and proven.
func (p *process) aroundSaved(saved *diff.Saved) {
	a := &p.around
	if !a.known {
		a.report, a.began = p.newReport(), time.Now()
		a.secrets = hclconfig.Secrets{Env: p.env}.Resolve // until the variables have been asked for
	}
	a.known, a.hooks, a.notifies, a.metrics = true, saved.Plan.Hooks, saved.Plan.Notifies, saved.Plan.Metrics
	if a.dir == "" && len(saved.Plan.Config) > 0 {
		a.dir = filepath.Dir(saved.Plan.Config[0].Path)
	}
	a.report = a.report.Of(saved.Plan)
	a.report.Guard = render.NewView(saved.Plan).Guard
	a.report.Run, a.report.Plan = saved.Envelope.RunID, saved.ID
	p.startLog(saved.Plan.Log)
	p.voice.log.plan(saved)
}

func (p *process) newReport() notify.Report {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return notify.Report{Format: notify.Format, Result: notify.Pending, Host: host, Started: p.now().UTC()}
}

// ended runs the hooks that come after an apply and tells who wants to know,
// which changes nothing any more.
func (p *process) ended(ctx context.Context, err error) error {
	err = p.undelivered(err, undeliveredApplyHint)
	defer p.endLog(err)
	defer p.recordEnd(err)
	if !p.recorded {
		p.voice.record(err)
	}
	p.recorded = true
	if !p.around.known {
		return err
	}
	p.reported = true
	p.around.conclude(err)
	if !errors.Is(err, context.Canceled) { // what is interrupted is not at its end
		p.runHooksAfter(ctx)
	}
	p.tellAll(context.WithoutCancel(ctx))
	p.rememberNotes()
	return err
}
