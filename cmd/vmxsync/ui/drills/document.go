package drills

import (
	"encoding/json"
	"time"

	"github.com/vmxsync/vmxsync/diff/drill"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Document is the result of vmxsync drill -json.
type Document struct {
	Format string  `json:"format"` // "vmxsync.drills/1"
	Drills []Drill `json:"drills"`
}

// New is a document without drills.
func New() Document { return Document{Format: "vmxsync.drills/1", Drills: []Drill{}} }

// Drill is one drill of the configuration.
type Drill struct {
	Name   string    `json:"name"`
	Due    bool      `json:"due"`
	Last   *Held     `json:"last,omitempty"` // before this run
	Held   *Held     `json:"held,omitempty"` // in this run
	Next   time.Time `json:"next,omitzero"`  // when it is due; absent: at once
	Folder string    `json:"folder,omitempty"`
	Error  string    `json:"error,omitempty"` // why it was not held, or not recorded
}

// Held is a drill that was held.
type Held struct {
	Address        string    `json:"address"` // "nas/dc01/2026-11-21-010000"
	Verdict        string    `json:"verdict"` // "passed" or "failed"
	Why            string    `json:"why,omitempty"`
	Notes          []string  `json:"notes,omitempty"`
	Level          string    `json:"level,omitempty"` // "read": every restored byte matches its checksum
	Bytes          int64     `json:"bytes"`
	Began          time.Time `json:"began"`
	Seconds        float64   `json:"seconds"` // of all parts
	RestoreSeconds float64   `json:"restore_seconds"`
	VerifySeconds  float64   `json:"verify_seconds"`
	CommandSeconds float64   `json:"command_seconds"`
	Host           string    `json:"host"`
	Run            string    `json:"run_id"`
}

// NewHeld describes a record.
func NewHeld(place string, d state.Drill) *Held {
	return &Held{
		Address: state.Address(place, d.Key), Verdict: string(d.Verdict), Why: d.Why, Notes: d.Notes, Level: d.Level, Bytes: d.Bytes, Began: d.Began,
		Seconds: d.Took().Seconds(), RestoreSeconds: d.Restored.Seconds(), VerifySeconds: d.Verified.Seconds(), CommandSeconds: d.Tried.Seconds(),
		Host: d.Host, Run: d.Run,
	}
}

// Scheduled is a drill and when it is due.
func Scheduled(d config.Drill, s drill.Schedule) Drill {
	out := Drill{Name: d.Name, Due: s.Due, Next: s.Next}
	if s.Last != nil {
		out.Last = NewHeld(s.Last.Place, s.Last.Drill)
	}
	return out
}

// JSON is the document, with a line end.
func (d Document) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	return append(text, '\n'), err
}
