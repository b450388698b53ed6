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
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// applyReport is what an apply reports and to whom, as far as it is known by now; empty
// if no apply has begun or it was not approved.
type applyReport struct {
	active   bool
	begun    bool // the notifications of its start were sent
	hooks    []state.Hook
	notifies []state.Notify
	secrets  providers.Secrets
	metrics  *state.Metrics
	report   notify.Report
	dir      string      // of the configuration; "" if unknown
	run      *runRecord  // nil until the apply has begun
	read     *diff.Input // read for the plan that this apply made itself; nil if it made none
	notes    noteFacts   // of that plan
	changes  []diff.Change
	outcomes []apply.Outcome
	unsent   int                      // notifications that failed
	records  map[string]*known.Record // that the apply left at destinations, by name
	began    time.Time                // of the machine's clock, even if VMXSYNC_NOW is set
}

// setUpReport sets up the report of an apply that makes its plan itself.
func (p *process) setUpReport(spec *state.Spec, secrets providers.Secrets) {
	p.applyReport = applyReport{active: true, hooks: spec.Hooks, notifies: spec.Notifies, metrics: spec.Metrics, secrets: secrets, report: p.newReport(), dir: spec.Dir, began: time.Now()}
	p.applyReport.report.Name = spec.Name
	p.applyReport.report.Run = newRunID(p.now())
	p.startLog(spec.Log)
	p.keepNotifies(spec)
}

// setUpBrokenReport sets up the report of an apply whose configuration is invalid. It is
// sent to the notify blocks that could be read in spite of the errors, and to those
// of the last valid configuration.
func (p *process) setUpBrokenReport() {
	secrets := p.resolve
	if secrets == nil {
		secrets = hclconfig.Secrets{Env: p.env}.Resolve
	}
	p.applyReport = applyReport{active: true, notifies: p.salvaged.Notifies, secrets: p.withEnvironment(secrets), report: p.newReport(), began: time.Now()}
	p.applyReport.report.Name = p.salvaged.Name
	p.addLastNotifies()
}

// setUpSavedReport sets up the report of an apply of a saved plan that passed its checks.
func (p *process) setUpSavedReport(saved *planfile.Saved) {
	a := &p.applyReport
	if !a.active {
		a.report, a.began = p.newReport(), time.Now()
		a.secrets = hclconfig.Secrets{Env: p.env}.Resolve // until the variables have been asked for
	}
	a.active, a.hooks, a.notifies, a.metrics = true, saved.Plan.Hooks, saved.Plan.Notifies, saved.Plan.Metrics
	if a.dir == "" && len(saved.Plan.Config) > 0 {
		a.dir = filepath.Dir(saved.Plan.Config[0].Path)
	}
	a.report = a.report.Of(saved.Plan)
	a.report.Guard = render.NewView(saved.Plan).Guard
	a.report.Run, a.report.Plan = saved.Envelope.RunID, saved.ID
	p.startLog(saved.Plan.Log)
	p.ui.log.plan(saved)
}

func (p *process) newReport() notify.Report {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown-host"
	}
	return notify.Report{Format: notify.Format, Result: notify.Pending, Host: host, Started: p.now().UTC()}
}

// finish runs the hooks after an apply, writes the metrics and sends the
// notifications. None of this changes the result of the apply.
func (p *process) finish(ctx context.Context, err error) error {
	err = p.undelivered(err, undeliveredApplyHint)
	defer p.endLog(err)
	defer p.recordEnd(err)
	if !p.recorded {
		p.ui.record(err)
	}
	p.recorded = true
	if !p.applyReport.active {
		return err
	}
	p.reported = true
	p.applyReport.addEnd(err)
	if !errors.Is(err, context.Canceled) { // an interrupted apply has not ended
		p.runHooksAfter(ctx)
	}
	p.reportEnd(context.WithoutCancel(ctx))
	p.rememberNotes()
	return err
}
