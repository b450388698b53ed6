package journal

import (
	"errors"
	"sync"
	"time"
)

// Log keeps the lines of a journal.
type Log interface {
	// Append adds one line, which ends in a newline. After an error a part of it may be
	// there.
	Append(line []byte) error
	// Sync makes all lines durable.
	Sync() error
	Close() error
}

// Journal is the record of one apply. Its methods may be called concurrently.
type Journal struct {
	mu      sync.Mutex
	log     Log
	now     func() time.Time
	history *history
	owed    bool // a step is done, and that is not durable yet
}

// Resume makes the journal of the apply h out of the data that log already
// holds: none, or whole lines of the same apply. Errors wrap ErrDamaged, or
// are those of log.
func Resume(log Log, data []byte, h Header, now func() time.Time) (*Journal, error) {
	past, err := read(data)
	if err != nil {
		return nil, err
	}
	if past == nil {
		past = newHistory(h)
		if err := log.Append(h.encode()); err != nil {
			return nil, err
		}
		if err := log.Sync(); err != nil {
			return nil, err
		}
	}
	return &Journal{log: log, now: now, history: past}, nil
}

// Run is the run id that the journal belongs to.
func (j *Journal) Run() string { return j.history.header.Run }

// Begun reports whether the journal knows all that this run has started. Before that it
// is new, or takes the place of one that was lost.
func (j *Journal) Begun() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.history.begun
}

// Of returns what is known of a step.
func (j *Journal) Of(step string) (Status, Result) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e := j.history.steps[step]
	return e.status, e.result
}

// Begin records that from here on a step without a record was never started.
func (j *Journal) Begin() error { return j.append(recordLine{Event: begunEvent}, atOnce) }

// Started records that a step is about to act.
func (j *Journal) Started(step string) error {
	return j.append(recordLine{Event: startedEvent, Step: step}, atOnce)
}

// StartedSending is Started for a step that sends a file: its record is durable with the
// next one of another step. If it is lost, the file is sent again. What is done before it
// is durable.
func (j *Journal) StartedSending(step string) error {
	return j.append(recordLine{Event: startedEvent, Step: step}, whatIsDone)
}

// DoneSending is Done for such a step.
func (j *Journal) DoneSending(step string, r Result) error {
	return j.append(recordLine{Event: doneEvent, Step: step, SHA256: r.SHA256, Blocks: r.Blocks}, later)
}

// Done records that a step had its effect. The record is durable before another step
// acts, and when Flush returns.
func (j *Journal) Done(step string, r Result) error {
	return j.append(recordLine{Event: doneEvent, Step: step, SHA256: r.SHA256, Blocks: r.Blocks}, soon)
}

// When a line is durable, with all lines before it.
type when int

const (
	later      when = iota // with a later line
	whatIsDone             // with a later line; what is done is durable at once
	soon                   // before another step acts
	atOnce
)

func (j *Journal) append(r recordLine, durable when) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	r.At = j.now().UTC()
	if err := j.log.Append(encode(r)); err != nil {
		return err
	}
	j.owed = j.owed || durable == soon
	if durable == atOnce || durable == whatIsDone && j.owed {
		if err := j.sync(); err != nil {
			return err
		}
	}
	j.history.note(r)
	return nil
}

func (j *Journal) sync() error {
	if err := j.log.Sync(); err != nil {
		return err
	}
	j.owed = false
	return nil
}

// Flush makes durable what is done.
func (j *Journal) Flush() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.owed {
		return nil
	}
	return j.sync()
}

// Close makes durable what is done, and closes the log.
func (j *Journal) Close() error { return errors.Join(j.Flush(), j.log.Close()) }

// Discard is a journal that begins empty and is not kept.
func Discard(run string) *Journal {
	return &Journal{log: nowhere{}, now: func() time.Time { return time.Time{} }, history: newHistory(Header{Run: run})}
}

type nowhere struct{}

func (nowhere) Append([]byte) error { return nil }
func (nowhere) Sync() error         { return nil }
func (nowhere) Close() error        { return nil }
