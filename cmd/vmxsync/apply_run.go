package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/wording"
)

// work is a plan that is to be carried out now.
type work struct {
	run, id string // of the plan
	record  string // path of its journal
	session.Places
	session.Locks
	leftOut error  // destinations that the plan does not cover; nil if none
	again   string // the command that continues after an interrupt
}

// carryOut runs the plan with its journal and reports how it ended.
func (a *applying) carryOut(whole context.Context, plan *diff.Plan, w work) error {
	ctx, stop := limited(whole, a.maxDuration)
	defer stop()
	short := cmp.Or(w.leftOut, bestResult(a.out, plan))
	printer := events.New(a.out, a.transfers)
	var records map[string]*known.Record
	var causes []outcome.Cause
	err := journaled(w.run, w.id, w.record, func(j *journal.Journal) error {
		r, err := apply.Run(ctx, plan, apply.Options{
			Run: w.run, Stores: w.Stores, Missing: w.Missing, Journal: j, Events: a.watched(printer.Event), Parallelism: a.parallelism,
			Sent: a.env.State.Book(), Machine: w.Machine, LockTimeout: w.Patience, Before: a.report.Before(plan), FailFast: a.failFast,
			Recorded: a.recorded, Began: a.env.Now(),
		})
		causes = session.RememberFull(a.env, plan, r)
		a.report.Results(r, causes)
		session.RememberSent(a.env, plan, r)
		records = r.Known
		return err
	})
	if errors.Is(err, notify.ErrSkip) {
		a.skipped(err)
		return withHeldDeletes(a.out, short, waiting(plan))
	}
	a.sent = a.transfers.Sent()
	var unproven string
	var proofs error
	if err == nil || errors.Is(err, apply.ErrPartial) && !a.failFast {
		w.Release() // of the journal: another apply may begin
		deadline, _ := ctx.Deadline()
		unproven, proofs = a.readBack(whole, plan, w.Places, deadline)
	}
	printer.End(events.Ending{Err: err, Shortfall: joined(unproven, shortfall(plan)), Causes: causes, Warnings: a.report.Warnings()})
	switch {
	case err == nil || errors.Is(err, apply.ErrPartial):
		session.RememberPlaces(a.env, plan, w.Stores, records)
	default: // the apply was cut short: a destination with a record is ours
		session.RememberPlaces(a.env, plan, withRecords(w.Stores, records), records)
	}
	if errors.Is(context.Cause(ctx), failure.ErrTooLong) && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w of -max-duration=%s; completed changes are kept", failure.ErrTooLong, a.maxDuration)
		return failure.New("Apply is not complete", failure.Hinted(err, "To continue: "+w.again))
	}
	if errors.Is(err, context.Canceled) {
		return &interrupted{err: err, again: w.again}
	}
	return withHeldDeletes(a.out, a.worse(cmp.Or(applyFailure(err), short), proofs), waiting(plan))
}

// joined are those of two reasons that there are.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

func withRecords(stores map[string]providers.Store, records map[string]*known.Record) map[string]providers.Store {
	left := maps.Clone(stores)
	maps.DeleteFunc(left, func(name string, _ providers.Store) bool { return records[name] == nil })
	return left
}

// recorded keeps a copy of a record that an apply wrote before its end. If that fails, it
// is reported at the end of the apply.
func (a *applying) recorded(place diff.Place, record *known.Record) {
	_ = a.env.State.Use(place.Location, record)
}

// watched returns a function that logs each event, notes progress and passes it on.
func (a *applying) watched(next func(event.Event)) func(event.Event) {
	return func(e event.Event) {
		a.transfers.Event(e)
		a.report.Event(e, a.transfers.Sent)
		events.Log(a.out, e)
		next(e)
	}
}

// skipped reports that an apply ends because a hook asked for it. The work is postponed,
// but no error of the plan is.
func (a *applying) skipped(err error) {
	a.report.Skipped()
	text := providers.Escape(fmt.Sprintf("Apply skipped, and nothing was changed: %v.", err))
	if a.out.JSON {
		a.out.Logf(slog.LevelInfo, "%s", text)
		return
	}
	a.out.Result("\n" + text + "\n")
}

// shortfall returns why an apply without failures is not complete; "" if it is.
func shortfall(plan *diff.Plan) string {
	var why []string
	if short := shortErrors(plan); short != "" {
		why = append(why, short)
	}
	if n := len(plan.Waiting()); n > 0 && !plan.Unapproved() {
		why = append(why, render.Waiting(n))
	}
	return strings.Join(why, ", ")
}

// until is when an apply is to end that begins then; zero: it may take any time.
func (a *applying) until(began time.Time) (end time.Time) {
	if a.maxDuration > 0 {
		end = began.Add(a.maxDuration)
	}
	return end
}

// limited bounds the work; 0: it may take any time.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, limit, failure.ErrTooLong)
}

// journaled calls do with the journal at record.
func journaled(run, id, record string, do func(*journal.Journal) error) error {
	j, err := journal.Open(record, journal.Header{Run: run, Plan: id, Created: time.Now()}, time.Now)
	if err != nil {
		return journalFailure(err)
	}
	return errors.Join(do(j), j.Close())
}

// again is the command that continues where this one was interrupted.
func (a *applying) again(command string) string {
	if dir := a.chdir; dir != "." {
		command = "-chdir=" + wording.Quoted(dir) + " " + command
	}
	if a.set("var") || a.set("var-file") {
		command += ", with the same -var and -var-file"
	}
	return "vmxsync " + command
}
