package render

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Simulation is a policy that was played forward. It is also the document of
// retention simulate -json.
type Simulation struct {
	Format string             `json:"format"`
	Policy string             `json:"policy"`
	Every  providers.Duration `json:"every"`
	Sets   int                `json:"sets"` // that were made
	End    state.Stamp        `json:"end"`  // when the last one was made
	Peak   Peak               `json:"peak"`
	Bytes  int64              `json:"bytes,omitempty"` // of what is held; 0: sizes are not given
	Held   []Held             `json:"held"`            // newest first
}

// Peak is the most that was held at once.
type Peak struct {
	Sets  int         `json:"sets"`
	Bytes int64       `json:"bytes,omitempty"`
	At    state.Stamp `json:"at"`
}

// Held is a set that is there at the end.
type Held struct {
	Time    state.Stamp   `json:"time"`
	Reasons []diff.Reason `json:"reasons"`
}

// Text is a line for each set with its age and reasons, all of them on a line
// of time, and how much was held at most.
func (s Simulation) Text(style Style) string {
	var b strings.Builder
	_ = write(&b, style, func(t *printer) { t.simulated(s) }) // a Builder takes all
	return b.String()
}

func (t *printer) simulated(s Simulation) {
	t.printf("retention.%s, with a set every %s, after %s:\n\n", providers.Escape(s.Policy), s.Every, wording.Count(s.Sets, "set"))
	for _, h := range s.Held {
		head := fmt.Sprintf("  %s  %7s  ", h.Time, state.FormatAge(s.End.Civil().Sub(h.Time.Civil())))
		t.wrap(head, strings.Repeat(" ", len(head)), joined(h.Reasons))
	}
	if len(s.Held) > 1 {
		t.printf("\n%s", s.timeline())
	}
	t.printf("\nHeld at the end: %s%s.\n", wording.Count(len(s.Held), "set"), sizeOf(s.Bytes))
	t.printf("Held at most:    %s%s, with the new one and those about to be deleted, first at %s.\n", wording.Count(s.Peak.Sets, "set"), sizeOf(s.Peak.Bytes), s.Peak.At)
}

func sizeOf(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return ", " + state.FormatBytes(bytes)
}

const timelineWidth = 72

// timeline marks each set where it stands between the oldest and the end.
func (s Simulation) timeline() string {
	oldest := s.Held[len(s.Held)-1].Time
	whole := s.End.Civil().Sub(oldest.Civil())
	if whole <= 0 {
		return ""
	}
	cells := []byte(strings.Repeat("-", timelineWidth))
	for _, h := range s.Held {
		at := h.Time.Civil().Sub(oldest.Civil())
		cells[int(float64(at)/float64(whole)*(timelineWidth-1))] = 'o'
	}
	left, right := string(oldest)[:10], string(s.End)[:10]
	return fmt.Sprintf("  %s\n  %s%s%s\n", cells, left, strings.Repeat(" ", timelineWidth-len(left)-len(right)), right)
}
