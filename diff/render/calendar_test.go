package render_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/state"
)

func explainedSet(vm, stamp string, s state.State, f diff.Outcome) diff.ExplainedSet {
	return diff.ExplainedSet{
		Address: "nas/" + vm + "/" + stamp, State: s, Outcome: f,
		Reasons: []diff.Reason{{Rule: string(s), Text: "because <" + string(s) + ">"}},
	}
}

func group(vm string, sets ...diff.ExplainedSet) diff.Explained {
	return diff.Explained{Destination: "nas", VM: vm, Policy: "gfs", Sets: sets}
}

var calendarNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestCalendar_hasACellADay(t *testing.T) {
	got := render.NewCalendar([]diff.Explained{
		group("Bart",
			explainedSet("Bart", "2026-11-22-010000", state.Complete, "upload"),
			explainedSet("Bart", "2026-11-21-230000", state.Complete, diff.OutcomeDeleted),
			explainedSet("Bart", "2026-11-21-010000", state.Complete, diff.OutcomeKept), // outranks the one that goes
			explainedSet("Bart", "2026-11-20-010000", state.Damaged, diff.OutcomeKept),
			explainedSet("Bart", "2026-11-19-010000", state.Complete, diff.OutcomeDeleted),
			explainedSet("Bart", "2026-11-17-010000", state.Complete, diff.OutcomeNotUploaded),
			explainedSet("Bart", "2026-09-24-010000", state.Complete, diff.OutcomeKept)),
	}, calendarNow).Text(false)
	want := "one cell per day   2026-09-24                                        2026-11-22\n" +
		"nas/Bart           #.....................................................o.-?#+\n\n" +
		"+ uploaded   # kept   ? kept, not counted   - deleted   o not uploaded   . none\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCalendar_hasACellAWeekWhereSetsReachBack(t *testing.T) {
	got := render.NewCalendar([]diff.Explained{
		group("a-machine-with-a-long-name",
			explainedSet("a-machine-with-a-long-name", "2026-11-16-000000", state.Complete, diff.OutcomeKept),    // Monday of this week
			explainedSet("a-machine-with-a-long-name", "2026-11-15-235959", state.Complete, diff.OutcomeDeleted), // Sunday of the last
			explainedSet("a-machine-with-a-long-name", "2020-01-01-000000", state.Complete, diff.OutcomeKept)),
	}, calendarNow).Text(true)
	for _, want := range []string{
		"one cell per week  2025-09-29", "…-with-a-long-name ", "\x1b[31m-\x1b[0m\x1b[32m#\x1b[0m\n", "and 1 older set\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwithout %q", got, want)
		}
	}
}

func TestCalendar_countsWhatNoCellHolds(t *testing.T) {
	c := render.NewCalendar([]diff.Explained{
		group("Bart", explainedSet("Bart", "2030-01-01-000000", state.Complete, diff.OutcomeKept),
			explainedSet("Bart", "2026-11-21-010000", state.Complete, diff.OutcomeKept),
			explainedSet("Bart", "2020-01-01-000000", state.Complete, diff.OutcomeDeleted)),
	}, calendarNow)
	for _, got := range []string{c.Text(false), c.SVG()} {
		if want := "1 older set, 1 dated in the future"; !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwithout %q", got, want)
		}
	}
}

// A name of a VM comes from a server.
func TestCalendar_SVGIsWellFormedWhateverNamesSay(t *testing.T) {
	vm := "<script>\x1b[31m&\u202e\"'"
	got := render.NewCalendar([]diff.Explained{group(vm, explainedSet(vm, "2026-11-21-010000", state.Complete, diff.OutcomeDeleted))}, calendarNow).SVG()
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("a script has come in")
		}
	}
	for _, want := range []string{"2026-11-21-010000 deleted: because &lt;complete&gt;", `fill="#c62828"`, "kept, not counted"} {
		if !strings.Contains(got, want) {
			t.Errorf("without %q:\n%s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x1b\u202e") {
		t.Error("control characters are not escaped")
	}
}
