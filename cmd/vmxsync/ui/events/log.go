package events

import (
	"fmt"
	"log/slog"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// logged are the texts of events in the log that are not their names.
var logged = map[string]string{"begun": "work begins", "summary": "work ended", "scarce": "little space"}

// Log writes an event and its fields to the log, and warns of an event that a person
// should look at.
func Log(out *ui.UI, e event.Event) {
	level := slog.LevelInfo
	switch e := e.(type) {
	case event.Progress, event.Comparing, event.Fetching:
		return
	case event.Skewed:
		direction := map[bool]string{true: "ahead", false: "behind"}[e.By > 0]
		out.Warn("Clocks differ", fmt.Sprintf("%s: The server's clock is %s %s. Retention uses this machine's clock.", e.Place, e.By.Abs(), direction),
			"Set the clock of this machine or of the server.")
		return
	case event.Unrecorded:
		out.Warn("Record not written", fmt.Sprintf("%s: The record of complete sets could not be written: %v. The next plan compares with an older record.", e.Destination, e.Err), "")
		return
	case event.Failed, event.Cancelled:
		level = slog.LevelError
	case event.Skipped, event.Postponed, event.Scarce, event.Locked:
		level = slog.LevelWarn
	case event.Remark:
		if e.Warn {
			level = slog.LevelWarn
		}
	case event.StepDone:
		level = slog.LevelDebug
	}
	text := e.Name()
	if other, ok := logged[text]; ok {
		text = other
	}
	var attributes []any
	for _, f := range e.Fields() {
		attributes = append(attributes, f.Name, f.Value)
	}
	out.Log().Add(level, text, attributes...)
}
