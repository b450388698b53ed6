package diff_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// leaves takes a VM from its source.
func (w *world) leaves(vm string) {
	w.change("vmx", func(inv *state.Inventory) {
		inv.Sets = slices.DeleteFunc(slices.Clone(inv.Sets), func(s state.Set) bool { return s.VM == vm })
	})
}

func missed(p *diff.Plan) (text string) {
	for _, n := range p.Notices {
		if n.Code == "gone" && n.Warns() {
			text = n.Text
		}
	}
	return text
}

// lives is a night of Bart's life, with a set of Lisa beside it.
func (w *world) lives(t *testing.T, n int) *diff.Plan {
	t.Helper()
	w.dawns(n, 99)
	s := nightly(n)
	s.VM, s.Path = "Lisa", "Lisa/"+string(s.Stamp)
	w.holds("vmx", s)
	p := w.compute(t)
	w.passes(p, allDone)
	return p
}

func TestCompute_vmThatIsGoneFromItsSourceIsMissedAtOnce(t *testing.T) {
	w := newWorld()
	for n := range 30 {
		if got := missed(w.lives(t, n)); got != "" {
			t.Fatalf("an ordinary night warns: %s", got)
		}
	}
	all := w.inv["vmx"]
	w.leaves("Lisa")
	for night := range 5 { // every day, with the date on which it was there
		w.now = w.now.AddDate(0, 0, 1)
		p := w.compute(t)
		if got := missed(p); !strings.Contains(got, "nas: 1 VM (Lisa) is gone from the source, which had new sets of it regularly. Lisa: last seen at vmx on 2026-01-30.") {
			t.Errorf("night %d: got %q", night, got)
		}
		w.passes(p, allDone)
		standings, err := diff.Standings(w.input())
		if i := slices.IndexFunc(standings, func(s diff.Standing) bool { return s.VM == "Lisa" }); err != nil || standings[i].GoneSince.Format(time.DateOnly) != "2026-01-30" {
			t.Errorf("got %+v, %v", standings, err)
		}
	}
	for name, end := range map[string]func(*config.Backup){
		"retired":  func(b *config.Backup) { b.Retired = []string{"Lisa"} },
		"excluded": func(b *config.Backup) { b.Exclude = []string{"Lisa"} },
	} {
		b := w.spec.Backups[0]
		end(&w.spec.Backups[0])
		if got := missed(w.compute(t)); got != "" {
			t.Errorf("%s, and got %s", name, got)
		}
		w.spec.Backups[0] = b
	}
	w.spec.Backups[0].FreshWithin = config.Span{Days: 2} // that is a warning of its own
	if p := w.compute(t); missed(p) != "" || !strings.Contains(notice(t, p, "not-fresh"), "Lisa") {
		t.Errorf("got %v", p.Notices)
	}
	w.spec.Backups[0].FreshWithin = config.Span{}
	w.inv["vmx"] = all
	if got := missed(w.compute(t)); got != "" {
		t.Errorf("it is back, and got %s", got)
	}
}

// Who has no rhythm is not missed, nor is anybody before the next set is due, nor
// anybody while nobody knows what the source holds.
func TestCompute_whoIsNotMissed(t *testing.T) {
	for name, c := range map[string]struct {
		nights int
		later  time.Duration
		spoil  func(*world)
		missed bool
	}{
		"a VM that came every night": {3, 24 * time.Hour, nil, true},
		"before its next set is due": {3, 10 * time.Hour, nil, false},
		"a VM that came once":        {1, 240 * time.Hour, nil, false},
		"a source that was not read": {3, 24 * time.Hour, func(w *world) {
			w.change("vmx", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"*": "cut"} })
		}, false},
		"a record of before, or none": {3, 24 * time.Hour, func(w *world) { w.change("nas", func(inv *state.Inventory) { inv.Known.Sourced = nil }) }, false},
	} {
		w := newWorld()
		for n := range c.nights {
			w.lives(t, n)
		}
		w.leaves("Lisa")
		w.now = w.now.Add(c.later)
		if c.spoil != nil {
			c.spoil(w)
		}
		if got := missed(w.compute(t)); (got != "") != c.missed {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
