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
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// work is a plan that is to be carried out now.
type work struct {
	run, id string // of the plan
	record  string // path of its journal
	opened
	turn
	leftOut  error  // destinations that the plan does not cover; nil if none
	again    string // the command that goes on after an interrupt
	failFast bool
	limit    time.Duration // 0: none
}

// carryOut runs the plan with its journal and tells how it went.
func (p *process) carryOut(ctx context.Context, plan *diff.Plan, w work) error {
	ctx, stop := limited(ctx, w.limit)
	defer stop()
	short := cmp.Or(w.leftOut, p.fallShort(plan))
	told := p.narrator()
	var records map[string]*known.Record
	var causes []apply.Cause
	err := p.journaled(w.run, w.id, w.record, func(j *journal.Journal) error {
		r, err := apply.Run(ctx, plan, apply.Options{
			Run: w.run, Stores: w.stores, Missing: w.missing, Journal: j, Events: p.logged(told.event), Parallelism: p.parallelism,
			Sent: p.sentBook(), Machine: w.machine, LockTimeout: w.patience, Before: p.beforeApply(plan), FailFast: w.failFast,
			Recorded: p.recordedAt, Began: p.now(),
		})
		causes = p.rememberFull(plan, r)
		p.around.did(r, causes)
		p.rememberSent(plan, r)
		records = r.Known
		return err
	})
	if errors.Is(err, notify.ErrSkip) {
		p.skipped(err)
		return p.both(short, waiting(plan))
	}
	told.end(ending{err, shortfall(plan), causes, len(p.around.summed(p.voice.warned).Warnings)})
	switch {
	case err == nil || errors.Is(err, apply.ErrPartial):
		p.remember(plan, w.stores, records)
	default: // it was cut: a destination with a record is ours
		p.remember(plan, withRecords(w.stores, records), records)
	}
	if errors.Is(context.Cause(ctx), errTooLong) && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w of -max-duration=%s; what is done stays done", errTooLong, w.limit)
		return failure("Apply is not complete", hinted(err, "To go on: "+w.again))
	}
	if errors.Is(err, context.Canceled) {
		return &interrupted{err: err, again: w.again}
	}
	return p.both(cmp.Or(applyFailure(err), short), waiting(plan))
}

func withRecords(stores map[string]providers.Store, records map[string]*known.Record) map[string]providers.Store {
	left := maps.Clone(stores)
	maps.DeleteFunc(left, func(name string, _ providers.Store) bool { return records[name] == nil })
	return left
}

// abandonedAfter is how long what was read of a file is remembered that nobody went
// on with.
const abandonedAfter = 60 * 24 * time.Hour

// sentBook remembers what was read of files that are on their way. Where there is
// no state directory, nothing is remembered, and a part whose file was touched is
// sent again.
func (p *process) sentBook() *sent.Book {
	dir, err := p.stateDir()
	if err != nil {
		dir = os.DevNull
	}
	book := sent.In(filepath.Join(dir, "sent"))
	_ = book.Sweep(time.Now().Add(-abandonedAfter))
	return book
}

// shortfall says why an apply that failed nowhere is not complete; "" if it is.
func shortfall(plan *diff.Plan) string {
	var why []string
	if short := briefly(plan); short != "" {
		why = append(why, short)
	}
	if n := len(plan.Waiting()); n > 0 && !plan.Unapproved() {
		why = append(why, render.Waiting(n))
	}
	return strings.Join(why, ", ")
}

// errTooLong is an apply that was stopped by -max-duration.
var errTooLong = errors.New("stopped at the end")

// limited bounds the work; 0: it may take any time.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, limit, errTooLong)
}

func (p *process) journaled(run, id, record string, do func(*journal.Journal) error) error {
	j, err := journal.Open(record, journal.Header{Run: run, Plan: id, Created: time.Now()}, time.Now)
	if err != nil {
		return journalFailure(err)
	}
	return errors.Join(do(j), j.Close())
}

// again is the command that goes on from where this one was interrupted.
func again(c *cli.Context, command string) string {
	if dir := c.String("chdir"); dir != "." {
		command = "-chdir=" + quoted(dir) + " " + command
	}
	if c.IsSet("var") || c.IsSet("var-file") {
		command += ", with the same -var and -var-file"
	}
	return "vmxsync " + command
}

// quoted puts a path between quotes as a shell wants it: nothing in it is
// escaped, for a backslash is part of a path on Windows.
func quoted(path string) string { return `"` + path + `"` }
