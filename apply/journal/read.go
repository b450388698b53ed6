package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrDamaged: the journal holds a line that no crash of vmxsync leaves behind,
// or is no journal. What it knew is lost; the plan is not: SetAside moves it
// out of the way.
var ErrDamaged = errors.New("journal is damaged")

// history is what the lines of a journal say.
type history struct {
	header Header
	begun  bool
	steps  map[string]entry
	whole  int // bytes, up to the end of the last whole line
}

func newHistory(h Header) *history { return &history{header: h, steps: map[string]entry{}} }

type entry struct {
	status Status
	result Result
}

// read understands a journal. No bytes make it panic. A first line that was
// cut gives no history and no error.
func read(data []byte) (*history, error) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		return nil, checkCutHeader(data)
	}
	h := &history{steps: map[string]entry{}, whole: end + 1}
	if err := h.readHeader(data[:end]); err != nil {
		return nil, err
	}
	for n := 2; ; n++ {
		line, _, whole := bytes.Cut(data[h.whole:], []byte("\n"))
		if !whole {
			return h, nil
		}
		if err := h.readLine(line); err != nil {
			return nil, fmt.Errorf("line %d: %w: %w", n, err, ErrDamaged)
		}
		h.whole += len(line) + 1
	}
}

// checkCutHeader keeps a file that never was a journal from being overwritten.
func checkCutHeader(data []byte) error {
	const begin = `{"format":"vmxsync.journal/`
	if strings.HasPrefix(begin, string(data)) || bytes.HasPrefix(data, []byte(begin)) {
		return nil
	}
	return fmt.Errorf("line 1 is not a header: %w", ErrDamaged)
}

func (h *history) readHeader(line []byte) error {
	var doc headerLine
	if err := json.Unmarshal(line, &doc); err != nil {
		return fmt.Errorf("line 1: %w: %w", err, ErrDamaged)
	}
	if doc.Format != Format {
		return fmt.Errorf("line 1: format %q, want %s: %w", doc.Format, Format, ErrDamaged)
	}
	h.header = Header{Run: doc.Run, Plan: doc.Plan, Created: doc.Created}
	return nil
}

func (h *history) readLine(line []byte) error {
	var doc recordLine
	if err := json.Unmarshal(line, &doc); err != nil {
		return err
	}
	if err := doc.check(); err != nil {
		return err
	}
	h.note(doc)
	return nil
}

// note takes in one record. A step that is started again after it was done
// has lost its result.
func (h *history) note(r recordLine) {
	switch r.Event {
	case begunEvent:
		h.begun = true
	case startedEvent:
		h.steps[r.Step] = entry{status: Started}
	case doneEvent:
		h.steps[r.Step] = entry{Done, Result{SHA256: r.SHA256, Blocks: r.Blocks}}
	}
}
