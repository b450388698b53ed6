package main

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/state"
)

// begins tells, once, that an apply begins which nobody is asked about any more.
func (p *process) begins(ctx context.Context) {
	if !p.around.begun {
		p.around.begun = true
		p.recordBegin(ctx)
		p.markRunning()
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
			p.around.unsent++
			p.voice.warnOf("A notification failed", err)
		}
	}
}

// tellAll writes the metrics and tells everybody how the apply ended. Who was to be told
// and could not be is known only then: the metrics say so, and so does the record of
// this apply in status.
func (p *process) tellAll(ctx context.Context) {
	p.writeMetrics()
	p.warnOfLog()
	before := p.around.unsent
	p.notifyAll(ctx, p.around.summed(p.voice.warned).Verdict())
	if p.around.unsent > before {
		p.writeMetrics()
	}
}

// markRunning lets the metrics say that an apply is at work. What cannot be written
// now is reported at its end.
func (p *process) markRunning() {
	if p.around.metrics != nil {
		notify.MarkRunning(p.around.metrics.Textfile, p.around.report, p.now())
	}
}

func (p *process) writeMetrics() {
	if p.around.metrics == nil {
		return
	}
	if err := notify.WriteMetrics(p.around.metrics.Textfile, p.around.summed(p.voice.warned), p.around.holdings(), p.now()); err != nil {
		p.voice.warnOf("The metrics were not written", err)
	}
}
