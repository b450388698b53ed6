package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// stuckAfter is how long an apply may make no progress before it is taken to be
// stuck. Reading back one large file shows none until it ends: a
// terabyte at 50 MB/s takes five and a half hours.
const stuckAfter = 6 * time.Hour

func skipIfRunningFlag() cli.Flag {
	return &cli.BoolFlag{Name: "skip-if-running", Usage: "exit with 0 if an apply of this configuration is running on this machine and makes progress"}
}

// skipForRunning reports whether this apply ends without an error because another one of
// the same configuration is running and -skip-if-running was given. It returns an
// error if the other one is stuck.
func (p *process) skipForRunning(c *cli.Context) (skip bool, err error) {
	if !c.Bool("skip-if-running") {
		return false, nil
	}
	last, running, err := p.lastRun(p.applyReport.dir)
	if err != nil || !running || last == nil {
		return false, nil // if the record cannot be read, the lock decides
	}
	if err := stuck(*last, time.Now()); err != nil {
		return false, failure.New("Another apply is stuck", err)
	}
	text := fmt.Sprintf("Apply skipped: the apply that began %s is still running (process %d).%s", minute(last.Began), last.PID, advance(*last))
	p.ui.Log().Add(slog.LevelInfo, text)
	p.applyReport = applyReport{} // an apply that did not begin sends no notifications
	if p.ui.JSON {
		p.ui.Logf(slog.LevelInfo, "%s", text)
		return true, nil
	}
	p.ui.Line(text)
	return true, nil
}

// stuck returns an error if a running apply has made no progress for long, or none since
// the clock was set back: a time in the future ends no wait.
func stuck(r lastrun.Record, now time.Time) error {
	if now.Sub(r.Progress).Abs() <= stuckAfter {
		return nil
	}
	err := fmt.Errorf("this configuration %w: the apply that began %s (process %d) has made no progress since %s", lock.ErrHeld, minute(r.Began), r.PID, minute(r.Progress))
	return failure.Hinted(err, "Check what it waits for (its log, its hooks), or end that process; the next apply continues its work.")
}
