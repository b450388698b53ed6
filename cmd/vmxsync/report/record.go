package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// recordBegin records that this apply has begun, and warns if the one before it did not
// end. If a concurrent apply is running, the record is of that one.
func (a *Apply) recordBegin(ctx context.Context) {
	const summary = "The start of this apply was not recorded"
	if a.dir == "" {
		return
	}
	run, err := a.env.State.LockRun(ctx, a.dir)
	if err != nil {
		a.out.WarnOf(summary, err)
	}
	if run == nil {
		return
	}
	a.reportLast(run)
	err = run.Begin(lastrun.Record{Name: a.report.Name, Run: a.report.Run, PID: os.Getpid(), Began: a.env.Now()})
	if err != nil {
		a.out.WarnOf(summary, failure.Hinted(err, statedir.Hint))
	}
	a.run = run
}

// reportLast warns of an apply that did not end: its lock is ours now.
func (a *Apply) reportLast(run *statedir.Run) {
	last, err := run.Last()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		a.out.WarnOf("The record of the last apply cannot be read", failure.Hinted(err, "A new record replaces it. The log and the mails of the last apply show whether it ended."))
	case !last.HasEnded():
		a.report.Unfinished = last.Began.UTC()
		a.out.Warn("The last apply did not end", unfinished(last), "This apply continues its work. If you did not stop it, look for a power failure or a lack of memory at that time.")
	}
}

// unfinished describes an apply that did not end.
func unfinished(r lastrun.Record) string {
	return fmt.Sprintf("The apply that began %s did not end: its process was killed, or the machine stopped.%s", wording.Minute(r.Began), Advance(r))
}

// Advance is how far an apply has come, as a sentence; "" before it has a plan.
func Advance(r lastrun.Record) string {
	if r.Changes == 0 {
		return ""
	}
	return fmt.Sprintf(" According to its record, %d of %d changes were done, %s of %s sent.", r.Done, r.Changes, state.FormatBytes(r.Sent), state.FormatBytes(r.Bytes))
}

// Event notes progress; sent is the number of bytes that were sent. Events come one at a
// time.
func (a *Apply) Event(e apply.Event, sent func() int64) {
	switch e := e.(type) {
	case apply.Started:
		a.run.Work(e.Changes, e.Bytes)
	case apply.ChangeDone:
		if e.Action != 0 {
			a.run.ChangeDone()
		}
	}
	a.run.Progress(sent)
}

// Touch records that the apply is alive while it waits for something.
func (a *Apply) Touch() { a.run.Touch() }

// recordEnd records how the apply ended.
func (a *Apply) recordEnd(err error, sent int64) {
	if a.run == nil {
		return
	}
	failed := a.run.End(lastrun.Record{
		Run: a.report.Run, Ended: a.env.Now(), Result: string(a.report.Result), ExitCode: failure.ExitCode(err), Unsent: a.unsent, Sent: sent,
	})
	if failed != nil {
		a.out.Logf(slog.LevelWarn, "The end of this apply was not recorded, and the next one will report that it did not end: %s", providers.Escape(failed.Error()))
	}
	a.run = nil
}
