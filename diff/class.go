package diff

import "github.com/vmxsync/vmxsync/state"

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

// classes holds the class of each code. The rule: a notice is an error if something is
// not backed up, was not read, or is no longer complete; a warning if a person should
// act, and the text has the command that ends it; a note if it is true on an ordinary
// night.
var classes = map[string]Class{
	"unreachable":           ErrorClass,
	"absent":                NoteClass,
	"unreadable":            ErrorClass,
	notBackedUp:             ErrorClass,
	"quota":                 ErrorClass,
	"empty":                 WarningClass,
	"take-over":             NoteClass,
	"first-use":             NoteClass,
	"unknown":               ErrorClass,
	"not-whole":             ErrorClass,
	"name":                  ErrorClass,
	"odd-name":              WarningClass,
	"reserved":              NoteClass,
	"damaged":               ErrorClass,
	displacedRule:           ErrorClass,
	strippedRule:            ErrorClass,
	"odd-set":               WarningClass,
	rottenRule:              ErrorClass,
	"differs":               WarningClass,
	rewrittenNotice:         WarningClass,
	overwrittenRule:         ErrorClass,
	string(state.OfAnother): WarningClass,
	futureDatedRule:         WarningClass,
	"no-candidate":          WarningClass,
	notFresh:                WarningClass,
	"max_age":               NoteClass,
	"max_size_per_vm":       WarningClass,
	"rests":                 NoteClass,
	"room":                  NoteClass,
	"not-destroyed":         WarningClass,
	"not-adopted":           WarningClass,
	"unmarked":              NoteClass,
	"untrusted":             NoteClass,
	"half":                  WarningClass,
	"stranded":              WarningClass,
	"outgoing":              WarningClass,
	orphanRule:              NoteClass,
	goneRule:                WarningClass,
	unassignedRule:          NoteClass,
	"new":                   NoteClass,
	"not-uploaded":          NoteClass,
	postponedRule:           NoteClass,
	"not-pruned":            NoteClass,
	"left":                  NoteClass,
	"aside":                 WarningClass,
	"trash":                 NoteClass,
	stuckNotice:             WarningClass,
	"pin":                   WarningClass,
	"settling":              NoteClass,
	"not-ready":             NoteClass,
	"awaited":               NoteClass,
	"overdue":               WarningClass,
	unsettledNotice:         WarningClass,
	suspiciousRule:          ErrorClass,
	vanishedRule:            ErrorClass,
	"lacks-disk":            WarningClass,
	serverReplaced:          WarningClass,
	serverRenewed:           NoteClass,
	"accepted":              NoteClass,
	"record":                WarningClass,
	"unmatched":             WarningClass,
	unheldNotice:            WarningClass,
	"unsupported":           WarningClass,
	"returned":              WarningClass,

	"clock":     NoteClass,
	"inventory": NoteClass,
	"sensitive": NoteClass,
	"target":    NoteClass,
	DestroyRule: NoteClass,
	"waits":     WarningClass,
}

// newNotice gives a notice its class. A code without one is an error: nothing is
// silent because somebody forgot it.
func newNotice(code, scope, text string) Notice {
	return Notice{Code: code, Class: classOf(code), Scope: scope, Text: text}
}

func classOf(code string) Class {
	if c, ok := classes[code]; ok {
		return c
	}
	return ErrorClass
}

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

// Failures are the notices that are errors, in the order of the plan.
func (p *Plan) Failures() []Notice {
	var errs []Notice
	for _, n := range p.Notices {
		if n.Fails() {
			errs = append(errs, n)
		}
	}
	return errs
}
