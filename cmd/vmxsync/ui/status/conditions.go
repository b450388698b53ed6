package status

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// severity is what a condition means to a monitor.
type severity int

const (
	fine     severity = iota // shown, and OK
	warning                  // exit code 2 with -detailed-exitcode, and WARNING for a monitor
	alarming                 // exit code 2 with -detailed-exitcode, and CRITICAL for a monitor
)

// groupCondition is a fact about one VM at one destination that status shows.
type groupCondition struct {
	is   func(Group) bool
	word func(Group) string
	severity
}

// conditions are all conditions of a group that status shows, in order. A group that
// has none is "ok".
var conditions = []groupCondition{
	{is: func(g Group) bool { return g.Unknown != "" }, word: text("unknown"), severity: alarming},
	{is: func(g Group) bool { return g.Unreadable != "" }, word: text("unreadable"), severity: alarming},
	{is: func(g Group) bool { return g.NotBackedUp != "" && g.Unreadable == "" }, word: text("not backed up"), severity: alarming},
	{is: func(g Group) bool { return g.Rule != "" }, word: func(g Group) string { return g.Rule }},
	{is: func(g Group) bool { return !g.GoneSince.IsZero() }, word: text("gone from the source"), severity: alarming},
	{is: func(g Group) bool { return g.Behind && !g.Overdue }, word: text("behind")},
	{is: func(g Group) bool { return g.Overdue }, word: Group.behindFor, severity: alarming},
	{is: func(g Group) bool { return g.Fresh != nil && !*g.Fresh }, word: func(g Group) string { return "not fresh (" + g.FreshWithin.String() + ")" }, severity: alarming},
	{is: func(g Group) bool { return g.NotProven > 0 }, word: func(g Group) string { return fmt.Sprintf("%d not proven (%s)", g.NotProven, g.VerifiedWithin) }, severity: warning},
	{is: Group.hasNoComplete, word: text("nothing complete"), severity: alarming},
	{is: holds(state.Damaged), word: text("damaged"), severity: alarming},
	{is: holds(state.Differs), word: text("differs"), severity: alarming},
	{is: func(g Group) bool { return g.Vanished > 0 }, word: func(g Group) string { return fmt.Sprintf("%d vanished", g.Vanished) }, severity: alarming},
	{is: holds(state.Suspicious), word: text("suspicious"), severity: alarming},
}

func text(word string) func(Group) string { return func(Group) string { return word } }

// holds returns the condition that a group has sets in that state.
func holds(s state.State) func(Group) bool {
	return func(g Group) bool { return g.Others[s] > 0 }
}

// hasNoComplete reports whether a VM that belongs there has no complete set there. If its
// sets are unknown, they are not reported as missing.
func (g Group) hasNoComplete() bool { return g.Sets == 0 && g.Rule == "" && g.Unknown == "" }

func (g Group) behindFor() string {
	return "behind for " + state.FormatAge(time.Duration(g.BehindSeconds)*time.Second)
}

// judged returns the group with the words of its conditions and the worst severity.
func (g Group) judged() Group {
	g.severity = fine
	for _, c := range conditions {
		if c.is(g) {
			g.States = append(g.States, c.word(g))
			g.severity = max(g.severity, c.severity)
		}
	}
	if len(g.States) == 0 {
		g.States = []string{"ok"}
	}
	return g
}
