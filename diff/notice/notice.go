package notice

import "strings"

// Notice is something a person should know that is no change.
type Notice struct {
	Code  string `json:"code"` // "clock", "unmarked", "settling", ...
	Class Class  `json:"class"`
	Scope string `json:"scope,omitempty"`
	Brief string `json:"brief,omitempty"` // of an error or a warning: what is wrong, in a few words
	Hint  string `json:"hint,omitempty"`  // the way out, where it is not in the text
	Text  string `json:"text"`            // one sentence or two, first word is the place; may hold hostile names
}

// Class is what a notice asks of the person who reads it.
type Class string

// The classes. The zero value is invalid on purpose.
const (
	// ErrorClass: something that matters was not read, or a VM is not backed up,
	// or a set is lost. An apply of the plan ends with exit code 3 at best.
	ErrorClass Class = "error"
	// WarningClass: there is something to do for a person.
	WarningClass Class = "warning"
	// NoteClass: a normal fact.
	NoteClass Class = "note"
)

// Fails reports whether the notice is an error: a run has failed even if it carries
// out its whole plan.
func (n Notice) Fails() bool { return n.Class == ErrorClass }

// Warns reports whether the notice is a warning: a run that went well with one
// is reported as such.
func (n Notice) Warns() bool { return n.Class == WarningClass }

// WithHint is the text, and the way out on a line of its own.
func (n Notice) WithHint() string {
	if n.Hint == "" {
		return n.Text
	}
	return n.Text + "\nhint: " + n.Hint
}

// Short is the notice in a few words. One without a brief, of a plan that an older
// version has made, is cut where its reasons begin.
func (n Notice) Short() string {
	if n.Brief != "" {
		return n.Brief
	}
	short := n.Text
	if n.Scope != "" {
		short = strings.TrimPrefix(short, n.Scope+": ")
	}
	for _, end := range []string{". ", ": ", ", ", " ("} {
		short, _, _ = strings.Cut(short, end)
	}
	short = strings.TrimSuffix(short, ".")
	if n.Scope != "" && !strings.Contains(short, n.Scope) {
		short += " (" + n.Scope + ")"
	}
	return short
}
