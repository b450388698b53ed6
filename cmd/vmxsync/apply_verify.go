package main

import (
	"context"
	"errors"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/proofs"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/grace"
)

// readBack verifies what the verify blocks of a plan ask for, when its changes are done and
// no lock is held any more: reading may take hours, and the next apply must not wait for it.
// The deadline is that of the whole apply; zero: none. What does not match is printed and
// recorded. short is that in a few words, and the error the exit code of it; of an interrupt,
// it is to be printed.
func (a *applying) readBack(ctx context.Context, plan *diff.Plan, places session.Places, deadline time.Time) (short string, err error) {
	if plan.Reads() == 0 || !deadline.IsZero() && !time.Now().Before(deadline) {
		return "", nil
	}
	results, interrupted := a.verifyShares(ctx, plan, places, deadline)
	sets, read := setsOf(results)
	for _, r := range results {
		warnOfRecords(a.out, r)
	}
	recorded := a.recordFindings(ctx, plan, sets)
	found := report.Proofs{Sets: sets, Read: read, Unrecorded: recorded}
	a.report.Verified(found)
	if text := textOf(results); text != "" && !a.out.JSON {
		a.out.Result("\n" + text)
	}
	if short = found.Short(); short != "" {
		a.out.JSON = false // events have reported the sets
		for _, failed := range found.Failures() {
			a.out.Log().Error(failed)
			a.out.Fail(failed)
		}
		err = failure.Partial
	}
	warnOfRecord(a.out, recorded)
	if recorded != nil {
		err = failure.Status(failure.ExitCode(errors.Join(recorded, outcome.ErrPartial)))
	}
	if interrupted != nil {
		err = failure.Hinted(interrupted, "All changes of the plan are done, and what was proven is recorded. The next apply continues with the other sets.")
	}
	return short, err
}

// verifyShares reads back, and shows and logs how far it has come.
func (a *applying) verifyShares(ctx context.Context, plan *diff.Plan, places session.Places, deadline time.Time) ([]verify.Result, error) {
	began, today := time.Now(), a.env.Now()
	transfers := progress.NewTransfers(time.Now) // those of the apply are what was sent
	printer := events.New(a.out, transfers)
	begun := event.Started{Bytes: bytesToRead(plan)}
	transfers.Event(begun)
	if !a.out.JSON { // there, the work began with that of the changes
		printer.Event(begun)
		defer printer.Restored(nil)
	}
	tell := func(e event.Event) {
		transfers.Event(e)
		a.report.Touch()
		events.Log(a.out, e)
		printer.Event(e)
	}
	b := session.ReadingBack{Now: func() time.Time { return today.Add(time.Since(began)) }, Parallelism: a.parallelism, Events: tell}
	if !deadline.IsZero() {
		b.Deadline = today.Add(deadline.Sub(began))
	}
	results, err := session.ReadBack(ctx, plan, places, b)
	sets, read := setsOf(results)
	end := report.Proofs{Sets: sets}.Count()
	tell(event.VerifyEnded{Proven: end.Proven, Bad: end.Bad, Unasked: end.Unasked, Later: end.Later, Read: read, Elapsed: time.Since(began)})
	return results, err
}

// bytesToRead is how much a plan reads back at most.
func bytesToRead(plan *diff.Plan) (n int64) {
	for _, s := range plan.Verify {
		var share int64
		for _, r := range s.Reads {
			share += r.Bytes
		}
		if s.MaxBytes > 0 {
			share = min(share, s.MaxBytes)
		}
		n += share
	}
	return n
}

// recordFindings records what was found damaged, also after an interrupt.
func (a *applying) recordFindings(ctx context.Context, plan *diff.Plan, sets []verify.Set) error {
	r := session.Recording{Owner: plan.Name, Places: map[string]diff.Place{}, Patience: a.lockTimeout}
	for _, s := range plan.Verify {
		r.Places[s.Destination], _ = plan.Place(s.Destination)
	}
	if ctx.Err() != nil {
		r.Patience = 0
	}
	ctx, cancel := grace.Context(ctx)
	defer cancel()
	return r.Findings(ctx, a.env, sets)
}

// setsOf are the sets of several results, and the bytes that were read.
func setsOf(results []verify.Result) (sets []verify.Set, read int64) {
	for _, r := range results {
		sets = append(sets, r.Sets...)
		read += r.Bytes
	}
	return sets, read
}

// textOf is the sum of the results, for people: one for each level.
func textOf(results []verify.Result) string {
	var text string
	for _, level := range []verify.Level{verify.Server, verify.Read} {
		sum := verify.Result{Level: level}
		for _, r := range results {
			if r.Level == level {
				sum.Sets, sum.Bytes, sum.Elapsed = append(sum.Sets, r.Sets...), sum.Bytes+r.Bytes, max(sum.Elapsed, r.Elapsed)
			}
		}
		if len(sum.Sets) > 0 {
			text += proofs.New(sum, 0, nil, 0).Text()
		}
	}
	return text
}

// worse is the error that decides the exit code, of the one of the changes and the one of
// what was read back: an interrupt, then a lock. The other one is printed.
func (a *applying) worse(changes, proofs error) error {
	switch code := failure.ExitCode(proofs); {
	case proofs == nil:
		return changes
	case changes == nil:
		return proofs
	case code == int(failure.Interrupted) || code == int(failure.Locked):
		a.out.Log().Error(changes)
		a.out.Fail(changes)
		return proofs
	}
	return changes
}
