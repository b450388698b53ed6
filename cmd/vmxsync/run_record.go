package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Each apply of a configuration has a record in the state directory from its start to
// its end, under a lock: it shows the next apply, status and the metrics that the last
// one never ended. No apply fails because of its record.

// runRecord is the record of the apply of this process. Nil records nothing.
type runRecord struct {
	path    string
	lock    *lock.File
	record  lastrun.Record
	written time.Time // of the machine's clock
}

// recordEvery is how often the progress of an apply is recorded, at most.
const recordEvery = 10 * time.Second

// recordPatience is longer than a process takes that only checks whether the lock is
// held.
const recordPatience = time.Second

// runFile is the record of the configuration in dir; runLock is the key of its lock.
func (p *process) runFile(dir string) (string, error) {
	base, err := p.stateDir()
	return filepath.Join(base, "runs", checksum([]byte(dir))[:16]+".json"), err
}

func runLock(dir string) string { return "run " + dir }

// machine returns the file locks in the state directory.
func (p *process) machine() (*lock.Machine, error) {
	dir, err := p.stateDir()
	return lock.Here(filepath.Join(dir, "locks")), err
}

// recordBegin records that this apply has begun, and warns if the one before it did
// not end. If a concurrent apply is running, the record is of that one.
func (p *process) recordBegin(ctx context.Context) {
	if p.applyReport.dir == "" {
		return
	}
	path, err := p.runFile(p.applyReport.dir)
	if err != nil {
		return // the apply fails for it
	}
	machine, err := p.machine()
	if err != nil {
		return
	}
	held, err := machine.TakeFile(ctx, "the record of the apply", runLock(p.applyReport.dir), recordPatience)
	if errors.Is(err, lock.ErrHeld) || ctx.Err() != nil {
		return
	}
	if err != nil {
		p.ui.WarnOf("The start of this apply was not recorded", err)
		return
	}
	p.reportLastRun(path)
	now := p.now()
	r := &runRecord{path: path, lock: held, record: lastrun.Record{
		Name: p.applyReport.report.Name, Run: p.applyReport.report.Run, PID: os.Getpid(), Began: now, Progress: time.Now(),
	}}
	if err := lastrun.Write(path, r.record); err != nil {
		p.ui.WarnOf("The start of this apply was not recorded", failure.Hinted(err, stateDirHint))
	}
	p.applyReport.run = r
}

// reportLastRun warns of an apply that did not end: its lock is ours now.
func (p *process) reportLastRun(path string) {
	last, err := lastrun.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		p.ui.WarnOf("The record of the last apply cannot be read", failure.Hinted(err, "A new record replaces it. The log and the mails of the last apply show whether it ended."))
	case !last.HasEnded():
		p.applyReport.report.Unfinished = last.Began.UTC()
		p.ui.Warn("The last apply did not end", unfinished(last), "This apply continues its work. If you did not stop it, look for a power failure or a lack of memory at that time.")
	}
}

// unfinished describes an apply that did not end.
func unfinished(r lastrun.Record) string {
	return fmt.Sprintf("The apply that began %s did not end: its process was killed, or the machine stopped.%s", minute(r.Began), advance(r))
}

// advance is how far an apply has come; "" before it has a plan.
func advance(r lastrun.Record) string {
	if r.Changes == 0 {
		return ""
	}
	return fmt.Sprintf(" According to its record, %d of %d changes were done, %s of %s sent.", r.Done, r.Changes, state.FormatBytes(r.Sent), state.FormatBytes(r.Bytes))
}

// minute is a time as people write it, in the zone of this machine.
func minute(at time.Time) string { return at.Local().Format("2006-01-02 15:04") }

// event notes progress. Events come one at a time.
func (r *runRecord) event(e apply.Event, t *progress.Transfers) {
	if r == nil {
		return
	}
	switch e := e.(type) {
	case apply.Started:
		r.record.Changes, r.record.Bytes, r.written = e.Changes, e.Bytes, time.Time{}
	case apply.ChangeDone:
		if e.Action != 0 {
			r.record.Done++
		}
	}
	if time.Since(r.written) < recordEvery {
		return
	}
	r.written = time.Now()
	r.record.Progress, r.record.Sent = r.written, t.Sent()
	lastrun.Update(r.path, r.record) // if this fails, a later update or the end is written
}

// touch records that the apply is alive while it waits for something.
func (r *runRecord) touch() {
	if r != nil {
		r.record.Progress, r.written = time.Now(), time.Now()
		lastrun.Update(r.path, r.record)
	}
}

// recordEnd records how the apply ended.
func (p *process) recordEnd(err error) {
	r := p.applyReport.run
	if r == nil {
		return
	}
	r.record.Run = p.applyReport.report.Run
	r.record.Ended, r.record.Result, r.record.ExitCode = p.now(), string(p.applyReport.report.Result), failure.ExitCode(err)
	r.record.Unsent = p.applyReport.unsent
	r.record.Progress, r.record.Sent = time.Now(), p.transfers.Sent()
	if err := lastrun.Write(r.path, r.record); err != nil {
		p.ui.Logf(slog.LevelWarn, "The end of this apply was not recorded, and the next one will report that it did not end: %s", providers.Escape(err.Error()))
	}
	r.lock.Release()
	p.applyReport.run = nil
}

// lastRun returns the record of the configuration in dir, nil if there is none, and
// whether that apply is running.
func (p *process) lastRun(dir string) (r *lastrun.Record, running bool, err error) {
	path, err := p.runFile(dir)
	if errors.Is(err, errNoStateDir) {
		return nil, false, nil
	}
	machine, failed := p.machine()
	if err := errors.Join(err, failed); err != nil {
		return nil, false, err
	}
	if running, err = machine.Held(runLock(dir)); err != nil {
		return nil, false, err
	}
	last, err := lastrun.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return &last, running, err
}
