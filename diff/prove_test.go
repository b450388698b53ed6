package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// provenBy computes a plan, and returns what was asked for, place by place.
func provenBy(w *world, prove func(place string, s state.Set) state.Set) (p *diff.Plan, asked []string, err error) {
	in := w.input()
	in.Prove = func(place string, sets []state.Set) ([]state.Set, error) {
		var read []state.Set
		for _, s := range sets {
			asked = append(asked, state.Address(place, s.Key))
			read = append(read, prove(place, s))
		}
		return read, nil
	}
	p, err = diff.Compute(in)
	return p, asked, err
}

func TestCompute_provesTheGroupBeforeItDeletes(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...)
	p, asked, err := provenBy(w, func(_ string, s state.Set) state.Set {
		s.Manifest = &state.Manifest{Key: s.Key}
		if s.Key == key(20) { // it is not what it looks like
			s.State = state.Damaged
		}
		return s
	})
	if err != nil {
		t.Fatal(err)
	}
	wantPlan(t, p) // three sets count, and three are kept
	want := []string{"nas/" + key(18).String(), "nas/" + key(19).String(), "nas/" + key(20).String(), "nas/" + key(21).String()}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}

func TestCompute_refusesWhatCannotBeProven(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...)
	_, _, err := provenBy(w, func(_ string, s state.Set) state.Set { return s })
	if err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("got %v, want an error that manifests cannot be read", err)
	}
}

func TestCompute_plansWithoutASetWhoseFilesCannotBeOpened(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 20, 21)...)
	p, asked, err := provenBy(w, func(place string, s state.Set) state.Set {
		if s.Key == key(21) {
			s.State, s.Problem = state.Unreadable, "permission denied"
		}
		return s
	})
	if err != nil {
		t.Fatal(err)
	}
	wantPlan(t, p, "+upload nas/"+key(20).String())
	if want := []string{"vmx/" + key(21).String(), "vmx/" + key(20).String()}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q, each once", asked, want)
	}
}

func TestCompute_endsWithTheErrorOfItsProof(t *testing.T) {
	cut := errors.New("cut")
	in := newWorld().holds("vmx", sets(state.Complete, 21)...).input()
	in.Prove = func(string, []state.Set) ([]state.Set, error) { return nil, cut }
	if _, err := diff.Compute(in); !errors.Is(err, cut) {
		t.Errorf("got %v, want %v", err, cut)
	}
}
