package main

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// severity is what a condition means to a monitor.
type severity int

const (
	fine     severity = iota // shown, and all right
	alarming                 // exit code 2 with -detailed-exitcode
)

// groupCondition is a fact about one VM at one destination that status shows.
type groupCondition struct {
	is   func(standingGroup) bool
	word func(standingGroup) string
	severity
}

// conditions are all that status can say of a group, in the order in which it says
// them. None of them holds of a group that is "ok".
var conditions = []groupCondition{
	{is: func(g standingGroup) bool { return g.Unknown != "" }, word: text("unknown"), severity: alarming},
	{is: func(g standingGroup) bool { return g.Unreadable != "" }, word: text("unreadable"), severity: alarming},
	{is: func(g standingGroup) bool { return g.NotBackedUp != "" && g.Unreadable == "" }, word: text("not backed up"), severity: alarming},
	{is: func(g standingGroup) bool { return g.Rule != "" }, word: func(g standingGroup) string { return g.Rule }},
	{is: func(g standingGroup) bool { return !g.GoneSince.IsZero() }, word: text("gone from the source"), severity: alarming},
	{is: func(g standingGroup) bool { return g.Behind && !g.Overdue }, word: text("behind")},
	{is: func(g standingGroup) bool { return g.Overdue }, word: standingGroup.behindFor, severity: alarming},
	{is: func(g standingGroup) bool { return g.Fresh != nil && !*g.Fresh }, word: func(g standingGroup) string { return "not fresh (" + g.FreshWithin.String() + ")" }, severity: alarming},
	{is: standingGroup.lacksAll, word: text("nothing complete"), severity: alarming},
	{is: holds(state.Damaged), word: text("damaged"), severity: alarming},
	{is: holds(state.Differs), word: text("differs"), severity: alarming},
	{is: func(g standingGroup) bool { return g.Vanished > 0 }, word: func(g standingGroup) string { return fmt.Sprintf("%d vanished", g.Vanished) }, severity: alarming},
	{is: holds(state.Suspicious), word: text("suspicious"), severity: alarming},
}

func text(word string) func(standingGroup) string { return func(standingGroup) string { return word } }

// holds: sets of that state stand there.
func holds(s state.State) func(standingGroup) bool {
	return func(g standingGroup) bool { return g.Others[s] > 0 }
}

// lacksAll: a VM that belongs there has no complete set there. What is not known is
// not said to be missing.
func (g standingGroup) lacksAll() bool { return g.Sets == 0 && g.Rule == "" && g.Unknown == "" }

func (g standingGroup) behindFor() string {
	return "behind for " + state.FormatAge(time.Duration(g.BehindSeconds)*time.Second)
}

// judged is the group with the words of its conditions, and the worst of them.
func (g standingGroup) judged() standingGroup {
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
