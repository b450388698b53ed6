// Package notify tells the world around vmxsync of an apply: hooks, which are
// programs of the user, mail, webhooks, healthchecks.io, and node_exporter.
//
//	report := notify.Report{Format: notify.Format, Result: notify.Success, ...}
//	err := notify.RunHook(ctx, hook, state.AfterSuccess, report, notify.Stage{
//		Environ: os.Environ(),
//		Say:     func(line string) { ... },
//	})
//	err = notify.Sender{Secrets: secrets}.Send(ctx, mail, report.Verdict(), report, log)
//
// It decides nothing: whoever calls it knows when what is due, and that no
// failure in here changes the result of an apply, but for that of a hook at
// before_apply. It holds a secret no longer than it takes to send it, and shows
// none.
package notify
