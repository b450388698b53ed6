package report

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/state/config"
)

// notifyAll sends all notifications of that verdict. One that fails is a warning.
func (a *Apply) notifyAll(ctx context.Context, v config.Verdict) {
	sender := notify.Sender{Secrets: a.secrets}
	report, log := a.now(), a.out.Transcript()
	for _, n := range a.notifies {
		err := sender.Send(ctx, n, v, report, log)
		if err != nil && ctx.Err() == nil {
			a.unsent++
			a.out.WarnOf("A notification failed", err)
		}
	}
}

// reportEnd writes the metrics and notifies everybody of how the apply ended. Whether a
// notification failed is known only afterwards: then the metrics are written again, and
// the record of this apply contains it, for status.
func (a *Apply) reportEnd(ctx context.Context) {
	a.writeMetrics()
	if err := a.out.LogErr(); err != nil {
		a.out.WarnOf("The log is incomplete", err)
	}
	before := a.unsent
	a.notifyAll(ctx, a.now().Verdict())
	if a.unsent > before {
		a.writeMetrics()
	}
}

func (a *Apply) writeMetrics() {
	if a.metrics == nil {
		return
	}
	if err := notify.WriteMetrics(a.metrics.Textfile, a.now(), holdings(a.read, a.changes, a.outcomes, a.records, a.sent), a.env.Now()); err != nil {
		a.out.WarnOf("The metrics were not written", err)
	}
}
