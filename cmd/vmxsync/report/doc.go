// Package report is what an apply reports beside its output, and to whom: hooks, mails
// and webhooks, metrics, and the record by which the next apply detects that this one
// did not end.
//
//	rep := report.New(env, out)
//	rep.Configured(config)        // or rep.Broken(config), rep.Saved(saved)
//	rep.Start(ctx)                // its start, once
//	rep.Results(result, causes)
//	rep.End(ctx, err, sent)
//
// None of it changes the result of the apply. It prints nothing itself.
package report
