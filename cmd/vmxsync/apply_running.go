package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/report"
	"github.com/vmxsync/vmxsync/state/wording"
)

// stuckAfter is how long an apply may make no progress before it is taken to be
// stuck. Reading back one large file shows none until it ends: a
// terabyte at 50 MB/s takes five and a half hours.
const stuckAfter = 6 * time.Hour

// skipForRunning reports whether this apply ends without an error because another one of
// the same configuration is running and -skip-if-running was given. It returns an
// error if the other one is stuck.
func (a *applying) skipForRunning() (skip bool, err error) {
	if !a.skipIfRunning {
		return false, nil
	}
	last, running, err := a.env.State.LastRun(a.report.Dir())
	if err != nil || !running || last == nil {
		return false, nil // if the record cannot be read, the lock decides
	}
	if err := stuck(*last, time.Now()); err != nil {
		return false, failure.New("Another apply is stuck", err)
	}
	text := fmt.Sprintf("Apply skipped: the apply that began %s is still running (process %d).%s", wording.Minute(last.Began), last.PID, report.Advance(*last))
	a.out.LogOnly(slog.LevelInfo, text)
	a.report.Withdraw() // an apply that did not begin sends no notifications
	if a.out.JSON {
		a.out.Logf(slog.LevelInfo, "%s", text)
		return true, nil
	}
	a.out.Line(text)
	return true, nil
}

// stuck returns an error if a running apply has made no progress for long, or none since
// the clock was set back: a time in the future ends no wait.
func stuck(r lastrun.Record, now time.Time) error {
	if now.Sub(r.Progress).Abs() <= stuckAfter {
		return nil
	}
	err := fmt.Errorf("this configuration %w: the apply that began %s (process %d) has made no progress since %s", lock.ErrHeld, wording.Minute(r.Began), r.PID, wording.Minute(r.Progress))
	return failure.Hinted(err, "Check what it waits for (its log, its hooks), or end that process; the next apply continues its work.")
}
