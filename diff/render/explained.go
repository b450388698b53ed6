package render

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// outcomeMarks begin the lines of sets: those of a plan, and "=" for what stays.
var outcomeMarks = map[diff.Outcome]string{
	diff.OutcomeKept: "=", diff.OutcomeDeleted: "-", diff.OutcomeNotUploaded: " ", diff.OutcomeCleanedUp: " ", diff.OutcomeVanished: "!",
	diff.Outcome(diff.Upload): "+", diff.Outcome(diff.Publish): "+",
	diff.Outcome(diff.Resume): "~", diff.Outcome(diff.Adopt): "~", diff.Outcome(diff.Replace): "~",
}

// outcomeWords are the words beside the marks.
var outcomeWords = map[diff.Outcome]string{
	diff.OutcomeKept: "kept", diff.OutcomeDeleted: "deleted", diff.OutcomeNotUploaded: "not uploaded", diff.OutcomeCleanedUp: "cleaned up", diff.OutcomeVanished: "vanished",
	diff.Outcome(diff.Upload): "uploaded", diff.Outcome(diff.Publish): "published",
	diff.Outcome(diff.Resume): "uploaded", diff.Outcome(diff.Adopt): "adopted", diff.Outcome(diff.Replace): "replaced",
}

// Explained is what is decided on the sets of one group, a line or more for
// each set, and which one is deleted next.
func Explained(e diff.Explained, s Style) string {
	var b strings.Builder
	_ = write(&b, s, func(t *printer) { t.explained(e) }) // a Builder takes all
	return b.String()
}

func (t *printer) explained(e diff.Explained) {
	by := "no backup sends it there"
	if e.Policy != "" {
		by = "by retention." + e.Policy
	}
	t.printf("%s, %s:\n\n", providers.Escape(state.Scope(e.Destination, e.VM)), by)
	for _, s := range e.Sets {
		_, k, _ := state.SplitAddress(s.Address)
		head := fmt.Sprintf("  %s %s  %-12s  ", outcomeMarks[s.Outcome], k.Stamp, outcomeWords[s.Outcome])
		t.wrap(head, strings.Repeat(" ", len(head)), reasonsText(s))
	}
	if e.Next != nil {
		_, k, _ := state.SplitAddress(e.Next.Address)
		t.printf("\nNext delete: %s, with the set of about %s, if one arrives every %s\n(%s).\n",
			k.Stamp, e.Next.With, e.Next.Every, joined(e.Next.Reasons))
	} else if e.Policy != "" {
		t.printf("\nNext delete: none in sight.\n")
	}
}

func reasonsText(s diff.ExplainedSet) string {
	text := joined(s.Reasons)
	if s.State != state.Complete && !strings.Contains(text, string(s.State)) {
		text = string(s.State) + "; " + text
	}
	if s.Adopted {
		text += "; adopted, without sums"
	}
	return text
}

func joined(reasons []diff.Reason) string {
	var texts []string
	for _, r := range reasons {
		texts = append(texts, providers.Escape(r.Text))
	}
	return strings.Join(texts, "; ")
}
