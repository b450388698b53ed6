package drills

import (
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// NotDue is the line of a drill that is not due.
func (d Drill) NotDue() string {
	if d.Last == nil {
		return fmt.Sprintf("Drill %s is not due.\n", d.Name)
	}
	return fmt.Sprintf("Drill %s is not due: %s %s on %s. Next: %s.\n", d.Name, providers.Escape(d.Last.Address), d.Last.Verdict, day(d.Last.Began), day(d.Next))
}

// Begins is the line before a drill.
func (d Drill) Begins(address string, bytes int64) string {
	why := "it was never held"
	switch {
	case !d.Due:
		why = "-force"
	case d.Last != nil && d.Last.Verdict == string(state.Failed):
		why = fmt.Sprintf("%s failed on %s", providers.Escape(d.Last.Address), day(d.Last.Began))
	case d.Last != nil:
		why = "the last one was on " + day(d.Last.Began)
	}
	return fmt.Sprintf("Drill %s with %s (%s; %s)\n  in %s\n\n", d.Name, providers.Escape(address), state.FormatBytes(bytes), why, providers.Escape(d.Folder))
}

// Ended is the account of a drill that was held.
func (d Drill) Ended() string {
	h := d.Held
	var b strings.Builder
	fmt.Fprintf(&b, "\nDrill %s %s: %s\n", d.Name, h.Verdict, providers.Escape(h.Address))
	fmt.Fprintf(&b, "  restored in %s%s%s\n", seconds(h.RestoreSeconds), after(", read again in ", h.VerifySeconds), after(", command ended after ", h.CommandSeconds))
	if h.Why != "" {
		fmt.Fprintf(&b, "  %s\n", providers.Escape(h.Why))
	}
	for _, note := range h.Notes {
		fmt.Fprintf(&b, "  note: %s\n", providers.Escape(note))
	}
	if !d.Next.IsZero() {
		fmt.Fprintf(&b, "  next: %s\n", day(d.Next))
	}
	return b.String()
}

func after(text string, s float64) string {
	if s == 0 {
		return ""
	}
	return text + seconds(s)
}

func seconds(s float64) string { return wording.Seconds(time.Duration(s * float64(time.Second))) }

func day(t time.Time) string { return t.Local().Format(time.DateOnly) }
