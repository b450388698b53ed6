package diff_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// madeBy is a complete set whose manifest was read, made by a configuration.
func madeBy(owner string, day int) state.Set {
	s := set(key(day), state.Complete)
	m := &state.Manifest{Key: s.Key, Owner: owner}
	for _, f := range s.Files {
		m.Files = append(m.Files, state.ManifestFile{Path: f.Path, Size: f.Size, SHA256: "ab"})
	}
	s.Manifest = m
	return s
}

func TestCompute_setsOfAnotherConfigurationAreNeitherCountedNorDeleted(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 20, 21)...).
		holds("nas", madeBy("other", 10), madeBy("other", 11), madeBy("", 17), madeBy("site", 18), madeBy("former", 19), madeBy("site", 20))
	w.change("nas", func(inv *state.Inventory) { inv.Former = []string{"former"} })
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-17-010000", "-remove nas/Bart/2026-11-18-010000")
	for _, k := range p.Kept {
		want := state.Complete
		if k.Address == "nas/Bart/2026-11-10-010000" || k.Address == "nas/Bart/2026-11-11-010000" {
			want = state.OfAnother
		}
		if k.State != want {
			t.Errorf("%s is %s, want %s", k.Address, k.State, want)
		}
	}
	if i := slices.IndexFunc(p.Notices, func(n diff.Notice) bool { return n.Code == "of-another" && n.Warns() }); i < 0 {
		t.Errorf("no warning in %v", p.Notices)
	}
}

// -take-over makes them this configuration's, for good.
func TestCompute_takeOverMakesTheirSetsOurs(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 20, 21)...).
		holds("nas", madeBy("other", 10), madeBy("site", 18), madeBy("site", 19), madeBy("site", 20))
	w.options.TakeOver, w.shrink = true, true
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-10-010000", "-remove nas/Bart/2026-11-18-010000")
	nas, _ := p.Place("nas")
	if s := expand(t, p).Places[1]; !slices.Equal(nas.Former, []string{"other"}) || len(s) != 1 {
		t.Errorf("the former owners are %v, the steps %v", nas.Former, s)
	}
}

func TestCompute_refusesASecondWorkFolderAtTheRoot(t *testing.T) {
	for _, owner := range []string{"other", "site"} {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...)
		w.change("nas", func(inv *state.Inventory) {
			inv.Neighbours = []state.Neighbour{{WorkDir: ".other", Owner: owner}}
		})
		if _, err := diff.Compute(w.input()); !errors.Is(err, diff.ErrOwner) {
			t.Errorf("%s: got %v, want ErrOwner", owner, err)
		}
		w.options.TakeOver = true
		if s := expand(t, w.compute(t)).Places[1]; len(s) != 2 || s[1].Op != diff.OpDisown || s[1].From != ".other/owner" {
			t.Errorf("%s: the steps are %v", owner, s)
		}
	}
}
