package state_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// A set is proven as its worst file is: at the weakest level, and when the first was.
func TestProof_proven(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 1, 0, 0, 0, time.UTC) }
	m := &state.Manifest{Key: someProof().Key, Run: "r", Files: []state.ManifestFile{{Path: "a", Size: 7, SHA256: "ab"}, {Path: "b", Size: 9, SHA256: "cd"}}}
	a := state.FileProof{Path: "a", Size: 7, SHA256: "ab", At: day(22), Level: state.ReadProof}
	b := state.FileProof{Path: "b", Size: 9, SHA256: "cd", At: day(20), Level: state.ServerProof}
	of := func(files ...state.FileProof) state.Proof {
		p := state.Proof{Key: m.Key, Manifest: m.Identity()}
		for _, f := range files {
			p = p.With(f)
		}
		return p
	}
	other, cut, found := of(a, b), b, b
	other.Manifest = "that of an upload before"
	cut.SHA256, cut.Level, cut.Offset = "", "", 4
	found.SHA256, found.Level = "", ""
	for name, c := range map[string]struct {
		proof    state.Proof
		manifest *state.Manifest
		want     string
	}{
		"read":             {of(a, state.FileProof{Path: "b", Size: 9, SHA256: "cd", At: day(21), Level: state.ReadProof}), m, "read 2026-11-21"},
		"by the server":    {of(a, b), m, "server 2026-11-20"},
		"one is missing":   {of(a), m, "never"},
		"one was cut":      {of(a, cut), m, "never"},
		"one is damaged":   {of(a, found), m, "never"},
		"sent again since": {other, m, "never"},
		"no manifest":      {of(a, b), nil, "never"},
		"adopted":          {of(a, b), &state.Manifest{Key: m.Key, NoSums: true, Files: m.Files}, "no sums"},
	} {
		if got := c.proof.Proven(c.manifest); got.String() != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	is := of(a, b).Proven(m)
	if !is.Since(day(20)) || is.Since(day(21)) || (state.Proven{Level: state.NeverProven}).Since(time.Time{}) {
		t.Errorf("%s is proven since the wrong time", is)
	}
}
