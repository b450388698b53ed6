package diff_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

func standings(t *testing.T, w *world) []string {
	t.Helper()
	all, err := diff.Standings(w.input())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range all {
		lines = append(lines, fmt.Sprintf("%s/%s %s%s newest=%s sets=%d others=%v stale=%v", s.Destination, s.VM, s.Rule, s.Unknown, s.Newest, s.Counted, s.Others, s.Stale))
	}
	return lines
}

func wantStandings(t *testing.T, w *world, want ...string) {
	t.Helper()
	if got := standings(t, w); !slices.Equal(got, want) {
		t.Errorf("got\n  %q\nwant\n  %q", got, want)
	}
}

func TestStandings_tellWhatIsThereNow(t *testing.T) {
	w := freshWorld(12, 13).holds("vmx", sets(state.Complete, 21)...) // the 21st is not there yet
	w.holds("nas", set(key(20), state.Unmarked), set(key(19), state.Damaged), set(keyOf("Homer", 3), state.Complete))
	w.holds("vmx", set(keyOf("Maggie", 21), state.Settling))
	wantStandings(t, w,
		"nas/Bart  newest=2026-11-13-010000 sets=2 others=map[damaged:1 unmarked:1] stale=true",
		"nas/Homer orphan newest=2026-11-03-010000 sets=1 others=map[] stale=true",
		"nas/Maggie  newest= sets=0 others=map[] stale=false")
}

// A source that is away takes nothing with it, and makes nothing an orphan.
func TestStandings_needNoSource(t *testing.T) {
	w := freshWorld(20, 21)
	w.inv["vmx"] = state.Inventory{Place: "vmx", Err: fmt.Errorf("gone")}
	wantStandings(t, w, "nas/Bart  newest=2026-11-21-010000 sets=2 others=map[] stale=false")
	w.inv["nas"] = state.Inventory{Place: "nas", Err: fmt.Errorf("gone too")}
	wantStandings(t, w)
}

func TestStandings_callNothingOldThatIsNotKnown(t *testing.T) {
	w := freshWorld(12, 13).change("nas", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Bart": "cut"} })
	wantStandings(t, w, "nas/Bart cut newest= sets=0 others=map[] stale=false")
}
