package statedir

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/vmxsync/vmxsync/apply/lastrun"
	"github.com/vmxsync/vmxsync/apply/lock"
)

// Each apply of a configuration has a record from its start to its end, under a lock: it
// shows the next apply, status and the metrics that the last one never ended. No apply
// fails because of its record.

// Run is the record of an apply of this process. Nil records nothing.
type Run struct {
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
func (d Dir) runFile(dir string) (string, error) {
	return d.file("runs", dir, 16, ".json")
}

func runLock(dir string) string { return "run " + dir }

// LockRun returns the record of the apply of the configuration in dir that begins now;
// nil if a concurrent apply is running, whose record it is, or if there is no state
// directory, for which the apply fails.
func (d Dir) LockRun(ctx context.Context, dir string) (*Run, error) {
	path, err := d.runFile(dir)
	if err != nil {
		return nil, nil
	}
	machine, _ := d.Locks()
	held, err := machine.TakeFile(ctx, "the record of the apply", runLock(dir), recordPatience)
	if errors.Is(err, lock.ErrHeld) || ctx.Err() != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &Run{path: path, lock: held}, nil
}

// Last is the record of the apply before this one: fs.ErrNotExist if there was none.
func (r *Run) Last() (lastrun.Record, error) { return lastrun.Read(r.path) }

// Begin records that an apply has begun.
func (r *Run) Begin(record lastrun.Record) error {
	r.record = record
	r.record.Progress = time.Now()
	return lastrun.Write(r.path, r.record)
}

// Work records how much is to be done.
func (r *Run) Work(changes int, bytes int64) {
	if r != nil {
		r.record.Changes, r.record.Bytes, r.written = changes, bytes, time.Time{}
	}
}

// ChangeDone counts a change that is done.
func (r *Run) ChangeDone() {
	if r != nil {
		r.record.Done++
	}
}

// Progress records how many bytes were sent, if that is due. If it fails, a later update
// or the end is written.
func (r *Run) Progress(sent func() int64) {
	if r == nil || time.Since(r.written) < recordEvery {
		return
	}
	r.record.Sent = sent()
	r.Touch()
}

// Touch records that the apply is alive while it waits for something.
func (r *Run) Touch() {
	if r != nil {
		r.written = time.Now()
		r.record.Progress = r.written
		lastrun.Update(r.path, r.record)
	}
}

// End records how the apply ended: its Run, Ended, Result, ExitCode, Unsent and Sent.
func (r *Run) End(end lastrun.Record) error {
	r.record.Run, r.record.Ended, r.record.Result, r.record.ExitCode = end.Run, end.Ended, end.Result, end.ExitCode
	r.record.Unsent, r.record.Sent, r.record.Progress = end.Unsent, end.Sent, time.Now()
	err := lastrun.Write(r.path, r.record)
	r.lock.Release()
	return err
}

// LastRun returns the record of the last apply of the configuration in dir, nil if there
// is none, and whether that apply is running.
func (d Dir) LastRun(dir string) (r *lastrun.Record, running bool, err error) {
	path, err := d.runFile(dir)
	if errors.Is(err, ErrNone) {
		return nil, false, nil
	}
	machine, failed := d.Locks()
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
