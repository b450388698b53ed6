package state_test

import (
	"testing"

	"golang.org/x/text/cases"

	"github.com/vmxsync/vmxsync/state"
)

func TestFolded_knowsNamesThatAreOneOnSomeDisk(t *testing.T) {
	for _, same := range [][2]string{{"Bart", "bART"}, {"Größe", "GRÖSSE"}, {"Gro\u0308ße", "größe"}, {"\u212a", "k"}, {"ς", "Σ"}} {
		if a, b := state.Folded(same[0]), state.Folded(same[1]); a != b {
			t.Errorf("%q and %q: got %q and %q", same[0], same[1], a, b)
		}
	}
	for c := range rune(0x80) {
		if got, want := state.Folded(string(c)), cases.Fold().String(string(c)); got != want {
			t.Errorf("%q: got %q, want %q", c, got, want)
		}
	}
}
