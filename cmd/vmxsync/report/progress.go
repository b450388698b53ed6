package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Progress is the record of an apply in the state directory. The zero value records
// nothing.
type Progress struct{ run *statedir.Run }

// begin records that an apply of the configuration in dir has begun, and warns if the one
// before it did not end: it returns when that began, else the zero time. If a concurrent
// apply is running, the record is of that one.
func (p *Progress) begin(ctx context.Context, env *session.Env, dir string, record lastrun.Record) (unended time.Time) {
	const summary = "The start of this apply was not recorded"
	run, err := env.State.LockRun(ctx, dir)
	if err != nil {
		env.Report.WarnOf(summary, err)
	}
	if run == nil {
		return time.Time{}
	}
	last, err := run.Last()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		env.Report.WarnOf("The record of the last apply cannot be read", failure.Hinted(err, "A new record replaces it. The log and the mails of the last apply show whether it ended."))
	case !last.HasEnded():
		unended = last.Began.UTC()
		env.Report.Warn("The last apply did not end", unfinished(last), "This apply continues its work. If you did not stop it, look for a power failure or a lack of memory at that time.")
	}
	record.PID, record.Began = os.Getpid(), env.Now()
	if err := run.Begin(record); err != nil {
		env.Report.WarnOf(summary, failure.Hinted(err, statedir.Hint))
	}
	p.run = run
	return unended
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
func (p *Progress) Event(e event.Event, sent func() int64) {
	switch e := e.(type) {
	case event.Started:
		p.run.Work(e.Changes, e.Bytes)
	case event.ChangeDone:
		if e.Action != 0 {
			p.run.ChangeDone()
		}
	}
	p.run.Progress(sent)
}

// Touch records that the apply is alive while it waits for something.
func (p *Progress) Touch() { p.run.Touch() }

// end records how the apply ended.
func (p *Progress) end(env *session.Env, record lastrun.Record) {
	if p.run == nil {
		return
	}
	record.Ended = env.Now()
	if err := p.run.End(record); err != nil {
		env.Report.Logf(slog.LevelWarn, "The end of this apply was not recorded, and the next one will report that it did not end: %s", providers.Escape(err.Error()))
	}
	p.run = nil
}
