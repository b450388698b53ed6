package report

import (
	"log/slog"
	"slices"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/diff"
)

// NewNotes returns the plan as an apply that nobody watches shows it, without the notes
// that the last apply has shown: what is the same every day hides what is not. The mail
// leaves them out too. all: the user wants each note.
func (a *Apply) NewNotes(plan *diff.Plan, all bool) *diff.Plan {
	a.notes = statedir.NewNotes(plan)
	if all {
		return plan
	}
	last := a.env.State.LastNotes(a.dir)
	a.report.KnownNotes = map[string]bool{}
	shown := *plan
	shown.Notices = slices.DeleteFunc(slices.Clone(plan.Notices), func(n diff.Notice) bool {
		if !last.Knows(n) {
			return false
		}
		a.report.KnownNotes[n.WithHint()] = true
		return true
	})
	return &shown
}

// keepNotes records the notes of this apply, after they were printed and mailed. If that
// fails, the notes are shown again, and the apply does not fail.
func (a *Apply) keepNotes() {
	if a.notes == nil {
		return
	}
	if err := a.env.State.KeepNotes(a.dir, a.notes); err != nil {
		a.out.Logf(slog.LevelDebug, "the notes of this apply were not recorded, and the next one shows them again: %v", err)
	}
}
