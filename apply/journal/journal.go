package journal

import (
	"errors"
	"sync"
	"time"
)

// Log keeps the lines of a journal. Append may be called during a Sync, which does not have
// to make that line durable.
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
	log Log
	now func() time.Time

	mu      sync.Mutex
	history *history
	lines   int   // written by this process
	durable int   // of them, the first so many are on the disk
	owed    int   // of them, the first so many have to be there before another step acts
	cut     error // of a line, for good: what is written behind a part of one cannot be read

	syncing sync.Mutex // held by the one that makes lines durable, for all that wait
	failed  error      // of that, for good: a second try could succeed though lines are lost
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
	until, err := j.write(r, durable)
	if err != nil {
		return err
	}
	return j.persist(until)
}

// write writes a line, and returns up to which line the journal has to be durable.
func (j *Journal) write(r recordLine, durable when) (until int, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.cut != nil {
		return 0, j.cut
	}
	r.At = j.now().UTC()
	if j.cut = j.log.Append(encode(r)); j.cut != nil {
		return 0, j.cut
	}
	j.lines++
	j.history.note(r)
	switch durable {
	case atOnce:
		return j.lines, nil
	case whatIsDone:
		return j.owed, nil
	case soon:
		j.owed = j.lines
	}
	return 0, nil
}

// persist makes the first so many lines durable, and all that were written meanwhile: one
// Sync serves all that wait for it.
func (j *Journal) persist(until int) error {
	if until == 0 {
		return nil
	}
	j.syncing.Lock()
	defer j.syncing.Unlock()
	j.mu.Lock()
	written, durable := j.lines, j.durable
	j.mu.Unlock()
	if durable >= until || j.failed != nil {
		return j.failed
	}
	if j.failed = j.log.Sync(); j.failed != nil {
		return j.failed
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.durable = written
	return nil
}

// Flush makes durable what is done.
func (j *Journal) Flush() error {
	j.mu.Lock()
	owed := j.owed
	j.mu.Unlock()
	return j.persist(owed)
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
