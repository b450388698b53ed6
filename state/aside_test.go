package state_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/state"
)

const asideRun = "20261121T120000Z-6f1c0e8a2b9d"

func TestParseAside_undoesAsideAndGone(t *testing.T) {
	const final = "Bart/2026-11-20-010000"
	for p, want := range map[string]bool{state.Aside(final, asideRun): false, state.Gone(final, asideRun): true} {
		got, run, gone, ok := state.ParseAside(p)
		if !ok || got != final || run != asideRun || gone != want {
			t.Errorf("%s: got %q, %q, %v, %v", p, got, run, gone, ok)
		}
	}
	for _, p := range []string{final, final + "~aside", final + "~x~gone", "~" + asideRun + "~gone", final + "~" + asideRun + "~del"} {
		if _, _, _, ok := state.ParseAside(p); ok {
			t.Errorf("%s: taken for a set on its way out", p)
		}
	}
}
