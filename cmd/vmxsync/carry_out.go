package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// work is a plan that is to be carried out now.
type work struct {
	run, id string // of the plan
	record  string // path of its journal
	openPlaces
	heldLocks
	leftOut  error  // destinations that the plan does not cover; nil if none
	again    string // the command that continues after an interrupt
	failFast bool
	limit    time.Duration // 0: none
}

// carryOut runs the plan with its journal and reports how it ended.
func (p *process) carryOut(ctx context.Context, plan *diff.Plan, w work) error {
	ctx, stop := limited(ctx, w.limit)
	defer stop()
	short := cmp.Or(w.leftOut, p.bestResult(plan))
	printer := events.New(p.ui, p.transfers)
	var records map[string]*known.Record
	var causes []apply.Cause
	err := p.journaled(w.run, w.id, w.record, func(j *journal.Journal) error {
		r, err := apply.Run(ctx, plan, apply.Options{
			Run: w.run, Stores: w.stores, Missing: w.missing, Journal: j, Events: p.logged(printer.Event), Parallelism: p.parallelism,
			Sent: p.sentBook(), Machine: w.machine, LockTimeout: w.patience, Before: p.beforeApply(plan), FailFast: w.failFast,
			Recorded: p.recordedAt, Began: p.now(),
		})
		causes = p.rememberFull(plan, r)
		p.applyReport.addResults(r, causes)
		p.rememberSent(plan, r)
		records = r.Known
		return err
	})
	if errors.Is(err, notify.ErrSkip) {
		p.skipped(err)
		return p.withHeldDeletes(short, waiting(plan))
	}
	printer.End(events.Ending{Err: err, Shortfall: shortfall(plan), Causes: causes, Warnings: len(p.applyReport.withWarnings(p.ui.Warned()).Warnings)})
	switch {
	case err == nil || errors.Is(err, apply.ErrPartial):
		p.rememberPlaces(plan, w.stores, records)
	default: // the apply was cut short: a destination with a record is ours
		p.rememberPlaces(plan, withRecords(w.stores, records), records)
	}
	if errors.Is(context.Cause(ctx), failure.ErrTooLong) && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w of -max-duration=%s; completed changes are kept", failure.ErrTooLong, w.limit)
		return failure.New("Apply is not complete", failure.Hinted(err, "To continue: "+w.again))
	}
	if errors.Is(err, context.Canceled) {
		return &interrupted{err: err, again: w.again}
	}
	return p.withHeldDeletes(cmp.Or(applyFailure(err), short), waiting(plan))
}

func withRecords(stores map[string]providers.Store, records map[string]*known.Record) map[string]providers.Store {
	left := maps.Clone(stores)
	maps.DeleteFunc(left, func(name string, _ providers.Store) bool { return records[name] == nil })
	return left
}

// abandonedAfter is how long the state of a partly sent file is remembered that no
// apply has continued.
const abandonedAfter = 60 * 24 * time.Hour

// sentBook remembers what was read of partly sent files. Without a state directory
// nothing is remembered, and a part is sent again if the time of its file has
// changed.
func (p *process) sentBook() *sent.Book {
	dir, err := p.stateDir()
	if err != nil {
		dir = os.DevNull
	}
	book := sent.In(filepath.Join(dir, "sent"))
	_ = book.Sweep(time.Now().Add(-abandonedAfter))
	return book
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

// limited bounds the work; 0: it may take any time.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, limit, failure.ErrTooLong)
}

func (p *process) journaled(run, id, record string, do func(*journal.Journal) error) error {
	j, err := journal.Open(record, journal.Header{Run: run, Plan: id, Created: time.Now()}, time.Now)
	if err != nil {
		return journalFailure(err)
	}
	return errors.Join(do(j), j.Close())
}

// again is the command that continues where this one was interrupted.
func again(c *cli.Context, command string) string {
	if dir := c.String("chdir"); dir != "." {
		command = "-chdir=" + quoted(dir) + " " + command
	}
	if c.IsSet("var") || c.IsSet("var-file") {
		command += ", with the same -var and -var-file"
	}
	return "vmxsync " + command
}

// quoted puts a path between quotes for a shell. Nothing in it is escaped, because a
// backslash is part of a path on Windows.
func quoted(path string) string { return `"` + path + `"` }
