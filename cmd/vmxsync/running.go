package main

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/apply/lock"
)

// stuckAfter is how long an apply may go without progress before it is no longer
// believed to be at work. Reading back one large file shows none until it ends: a
// terabyte at 50 MB/s takes five and a half hours.
const stuckAfter = 6 * time.Hour

func skipIfRunningFlag() cli.Flag {
	return &cli.BoolFlag{Name: "skip-if-running", Usage: "end with 0 if an apply of this configuration is at work on this machine and makes progress"}
}

// leaveToOther reports whether this apply ends in peace, because another one of
// the same configuration is at work and -skip-if-running was given. An error says
// that the other one is stuck.
func (p *process) leaveToOther(c *cli.Context) (skip bool, err error) {
	if !c.Bool("skip-if-running") {
		return false, nil
	}
	last, running, err := p.lastRun(p.around.dir)
	if err != nil || !running || last == nil {
		return false, nil // whatever is wrong with the record, a lock still tells
	}
	if err := stuck(*last, time.Now()); err != nil {
		return false, failure("Another apply is stuck", err)
	}
	text := fmt.Sprintf("Apply skipped: the apply that began %s is at work (process %d).%s", minute(last.Began), last.PID, advance(*last))
	p.voice.log.add(levelInfo, text)
	p.around = around{} // nobody is told of an apply that did not begin
	if p.voice.json {
		p.voice.tell(levelInfo, "%s", text)
		return true, nil
	}
	p.voice.line(text)
	return true, nil
}

// stuck is an error where an apply that is at work has made no progress for long, or
// none since the clock was set back: no time to come ends a wait.
func stuck(r lastrun.Record, now time.Time) error {
	if now.Sub(r.Progress).Abs() <= stuckAfter {
		return nil
	}
	err := fmt.Errorf("this configuration %w: the apply that began %s (process %d) has made no progress since %s", lock.ErrHeld, minute(r.Began), r.PID, minute(r.Progress))
	return hinted(err, "Look at what it waits for (its log, its hooks), or end that process; the next apply continues.")
}
