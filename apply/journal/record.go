package journal

import (
	"encoding/json"
	"fmt"
	"time"
)

// Header names the apply that a journal belongs to. Run and Plan decide;
// Created is for people.
type Header struct {
	Run     string    // run id of the plan file
	Plan    string    // id of the plan
	Created time.Time // when the journal was begun
}

func (h Header) sameApply(other Header) bool { return h.Run == other.Run && h.Plan == other.Plan }

// Status is what a journal knows of a step.
type Status int

// The statuses, in their order.
const (
	Never   Status = iota // it was not started, once the journal has begun
	Started               // it may have had its effect, or a part of it
	Done                  // it had its effect
)

func (s Status) String() string { return [...]string{"never started", "started", "done"}[s] }

// Result is what a step found out that later steps need.
type Result struct {
	SHA256 string  // hex, of the bytes that a put sent; "" of other steps
	Blocks *Blocks // of a file that a put sent; nil of smaller ones, and of other steps
}

// Blocks are the sums of the blocks of a file.
type Blocks struct {
	Bytes int64  `json:"bytes"` // of each block
	Data  int64  `json:"data"`  // bytes of the file in pages that are not all zero
	Sums  []byte `json:"sums"`  // SHA-256 of each block, one behind the other
}

// Format is the first field of a journal; its number is the major version.
const Format = "vmxsync.journal/1"

type headerLine struct {
	Format  string    `json:"format"`
	Run     string    `json:"run"`
	Plan    string    `json:"plan"`
	Created time.Time `json:"created"`
}

type recordLine struct {
	Event  event     `json:"event"`
	Step   string    `json:"step,omitempty"`
	At     time.Time `json:"at"`
	SHA256 string    `json:"sha256,omitempty"`
	Blocks *Blocks   `json:"blocks,omitempty"`
}

type event string

const (
	begunEvent   event = "begun"
	startedEvent event = "started"
	doneEvent    event = "done"
)

func (h Header) encode() []byte { return encode(headerLine{Format, h.Run, h.Plan, h.Created.UTC()}) }

func encode(line any) []byte {
	data, err := json.Marshal(line)
	if err != nil {
		panic(err) // strings and times of four-digit years always encode
	}
	return append(data, '\n')
}

func (r recordLine) check() error {
	switch {
	case r.Event == begunEvent && r.Step == "":
	case (r.Event == startedEvent || r.Event == doneEvent) && r.Step != "":
	default:
		return fmt.Errorf("unknown event %q of step %q", r.Event, r.Step)
	}
	return nil
}
