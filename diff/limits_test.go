package diff_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// A disk may hold shorter names, and fewer characters, than what is sent to a
// server. A set that it cannot hold is told before anything is sent, and uses up
// no place in retention.
func TestCompute_namesThatTheDestinationCannotHold(t *testing.T) {
	long := strings.Repeat("n", 144)
	for name, c := range map[string]struct {
		limits providers.Limits
		set    state.Set
		says   string
	}{
		"a file": {providers.Limits{NameBytes: 143}, set(key(21), state.Complete, "disk.vmdk", "logs/"+long),
			`Bart/2026-11-21-010000: "` + long + `" is a name of 144 bytes, but the place allows at most 143: name is not usable. Rename it at the source`},
		"a character": {providers.Limits{Refused: providers.RefusedByWindows}, set(key(21), state.Complete, "disk.vmdk", "what?.log"),
			`Bart/2026-11-21-010000: "what?.log" contains "?", which names at the place must not contain`},
		"a device": {providers.Limits{Devices: true}, set(key(21), state.Complete, "disk.vmdk", "nul.log"), "reserved for a device"},
		"a path":   {providers.Limits{PathBytes: 120}, set(key(21), state.Complete, strings.Repeat("d/", 40)+"disk.vmdk"), "the place allows at most 120"},
		// The staged folder would fit, that in trash would not.
		"the set in trash": {providers.Limits{NameBytes: 143}, set(keyOf(strings.Repeat("v", 100), 21), state.Complete), "the place allows at most 143"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld().holds("vmx", c.set).holds("vmx", sets(state.Complete, 18, 19, 20)...)
			if p := w.compute(t); len(p.Changes) == 0 || p.Changes[0].Address != "nas/"+c.set.Key.String() && p.Changes[3].Address != "nas/"+c.set.Key.String() {
				t.Fatalf("without limits it is not uploaded: %v", p.Changes)
			}
			w.change("nas", func(inv *state.Inventory) { inv.Limits = c.limits })
			p := w.compute(t)
			wantPlan(t, p, "+upload nas/Bart/2026-11-20-010000", "+upload nas/Bart/2026-11-19-010000", "+upload nas/Bart/2026-11-18-010000")
			if got := notice(t, p, "name"); !strings.Contains(got, c.says) {
				t.Errorf("got %s, want %s", got, c.says)
			}
			for _, n := range p.Notices {
				if n.Code == "name" && !n.Fails() {
					t.Error("it is no error")
				}
			}
		})
	}
}

// Sums that JSON cannot hold exactly would make a plan that nobody can open.
func TestCompute_sumsThatNoPlanCanHold(t *testing.T) {
	huge := func(day int, files ...string) state.Set {
		s := set(key(day), state.Complete, files...)
		for i := range s.Files {
			s.Files[i].Size = 5 << 50
		}
		return s
	}
	p := newWorld().holds("vmx", huge(20, "a"), huge(21, "a")).compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "+upload nas/Bart/2026-11-20-010000")
	if err := diff.Check(p); !errors.Is(err, diff.ErrInvalid) || providers.Hint(err) == "" {
		t.Errorf("two sets of 10 PiB together: got %v, want ErrInvalid with a hint", err)
	}
	p = newWorld().holds("vmx", huge(20, "a"), huge(21, "a", "b")).compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-20-010000")
	if got := notice(t, p, "name"); !strings.Contains(got, "Bart/2026-11-21-010000: its files have 9007199254740992 bytes or more together") {
		t.Errorf("a set of 10 PiB: got %s", got)
	}
	if err := diff.Check(p); err != nil {
		t.Errorf("without it: %v", err)
	}
}
