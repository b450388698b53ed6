package main

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/state"
)

// reportStart reports, once, that an apply begins that needs no more approval.
func (p *process) reportStart(ctx context.Context) {
	if !p.applyReport.begun {
		p.applyReport.begun = true
		p.recordBegin(ctx)
		p.markRunning()
		p.notifyAll(ctx, state.VerdictStart)
	}
}

// notifyAll sends all notifications of that verdict. One that fails is a warning.
func (p *process) notifyAll(ctx context.Context, v state.Verdict) {
	sender := notify.Sender{Secrets: p.applyReport.secrets}
	report, log := p.applyReport.withWarnings(p.ui.Warned()), p.ui.Transcript()
	for _, n := range p.applyReport.notifies {
		err := sender.Send(ctx, n, v, report, log)
		if err != nil && ctx.Err() == nil {
			p.applyReport.unsent++
			p.ui.WarnOf("A notification failed", err)
		}
	}
}

// reportEnd writes the metrics and notifies everybody of how the apply ended. Whether a
// notification failed is known only afterwards: then the metrics are written again, and
// the record of this apply contains it, for status.
func (p *process) reportEnd(ctx context.Context) {
	p.writeMetrics()
	p.warnOfLog()
	before := p.applyReport.unsent
	p.notifyAll(ctx, p.applyReport.withWarnings(p.ui.Warned()).Verdict())
	if p.applyReport.unsent > before {
		p.writeMetrics()
	}
}

// markRunning records in the metrics that an apply is running. If that fails, it is
// reported at the end.
func (p *process) markRunning() {
	if p.applyReport.metrics != nil {
		notify.MarkRunning(p.applyReport.metrics.Textfile, p.applyReport.report, p.now())
	}
}

func (p *process) writeMetrics() {
	if p.applyReport.metrics == nil {
		return
	}
	if err := notify.WriteMetrics(p.applyReport.metrics.Textfile, p.applyReport.withWarnings(p.ui.Warned()), p.applyReport.holdings(), p.now()); err != nil {
		p.ui.WarnOf("The metrics were not written", err)
	}
}
