package checkup

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

func TestCheckReport_reportsHowManySessionsThereWere(t *testing.T) {
	var up Report
	up.AddSessions(4, 3)
	if f := up.Facts[0]; f.Name != "sessions" || !strings.HasPrefix(f.Value, "3 at once") || !strings.Contains(f.Note, "connections = 3") {
		t.Errorf("got %+v", f)
	}
}

// want looks for texts, independent of line breaks.
func want(t *testing.T, got string, texts ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(got), " ")
	for _, text := range texts {
		if !strings.Contains(flat, text) {
			t.Errorf("got no %q in:\n%s", text, got)
		}
	}
}

func TestCheck_escapesWhatAServerSaid(t *testing.T) {
	p := Printer{ui.New(nil, nil, ui.Style{Color: true, Width: 80})}
	got := p.ruleText(Rule{Name: "names-dot", Promise: "listed", Result: Broken, Seen: "550 \x1b[2J\u202e", Advice: "rename it"})
	if strings.Contains(got, "\x1b[2J") || strings.Contains(got, "\u202e") {
		t.Errorf("got %q", got)
	}
	want(t, got, "\x1b[31mNO\x1b[0m names-dot", `seen: 550 \x1b[2J\u202e`)
	fact := p.factText(Fact{Name: "system", Value: "UNIX\x07", Note: "a\x07"})
	want(t, fact, `system UNIX\a: a\a`)
}
