package evidence_test

import (
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/evidence"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func input() evidence.Input {
	return evidence.Input{
		Spec: &config.Spec{
			Sources:      []config.Source{{Name: "esxi"}},
			Destinations: []config.Destination{{Name: "nas"}},
			Backups:      []config.Backup{{Source: "esxi", VMs: []string{"*"}, Copies: []config.Copy{{Destination: "nas"}}}},
			Drills:       []config.Drill{{Name: "q", From: []string{"nas"}, VMs: []string{"a", "b"}, Pick: config.OldestUndrilled, Every: config.Span{Days: 30}}},
		},
		Standings: []diff.Standing{
			{Destination: "nas", VM: "a", Newest: "2026-11-21-010000", Counted: 2},
			{Destination: "nas", VM: "b", Newest: "2026-10-21-010000", Counted: 1, Stale: true, FreshWithin: config.Span{Days: 8}, VerifiedWithin: config.Span{Days: 7}, NotProven: 1},
			{Destination: "nas", VM: "c", Unknown: "not listed"},
		},
		Sets: map[string][]state.Set{"nas": {
			{Key: state.Key{VM: "a", Stamp: "2026-11-20-010000"}, State: state.Complete, Proven: &state.Proven{Level: state.ServerProof, At: now.AddDate(0, 0, -9)}},
			{Key: state.Key{VM: "a", Stamp: "2026-11-21-010000"}, State: state.Complete, Proven: &state.Proven{Level: state.ReadProof, At: now.AddDate(0, 0, -3)}},
			{Key: state.Key{VM: "a", Stamp: "2026-11-22-010000"}, State: state.Complete, Proven: &state.Proven{Level: state.NeverProven}},
		}},
		Drills: map[string][]state.Drill{},
		Now:    now,
	}
}

func held(vm string, daysAgo int, v state.Verdict) state.Drill {
	return state.Drill{Key: state.Key{VM: vm, Stamp: "2026-11-01-010000"}, Name: "q", Verdict: v, Began: now.AddDate(0, 0, -daysAgo)}
}

func TestCollect_overdue(t *testing.T) {
	for _, c := range []struct {
		why    string
		change func(*evidence.Input)
		a, b   []string
		due    bool
	}{
		{"as it is", func(*evidence.Input) {}, nil, []string{"no backup within 8d", "1 set not proven within 7d"}, true},
		{"no proof is asked for", func(in *evidence.Input) { in.Standings[1].NotProven = 0 }, nil, []string{"no backup within 8d"}, true},
		{"neither late nor asked for", func(in *evidence.Input) { in.Standings[1].Stale, in.Standings[1].NotProven = false, 0 }, nil, nil, true},
		{"a drill of 50 days ago, in a round of 60", func(in *evidence.Input) {
			in.Drills["nas"] = []state.Drill{held("a", 50, state.Passed), held("b", 20, state.Passed)}
		}, nil, []string{"no backup within 8d", "1 set not proven within 7d"}, false},
		{"a drill of 60 days ago", func(in *evidence.Input) {
			in.Drills["nas"] = []state.Drill{held("a", 60, state.Passed), held("b", 20, state.Passed)}
		}, []string{"no drill q within its round"}, []string{"no backup within 8d", "1 set not proven within 7d"}, false},
		{"a failed one", func(in *evidence.Input) { in.Drills["nas"] = []state.Drill{held("a", 1, state.Failed)} }, []string{"drill q failed"}, []string{"no backup within 8d", "1 set not proven within 7d"}, true},
	} {
		in := input()
		c.change(&in)
		r := evidence.Collect(in)
		if !slices.Equal(r.Rows[0].Overdue, c.a) || !slices.Equal(r.Rows[1].Overdue, c.b) || r.Rows[2].Overdue != nil || r.Drills[0].Due != c.due {
			t.Errorf("%s: got %q, %q, %q, due %t", c.why, r.Rows[0].Overdue, r.Rows[1].Overdue, r.Rows[2].Overdue, r.Drills[0].Due)
		}
	}
}

func TestCollect_lastProofAndDrill(t *testing.T) {
	in := input()
	in.Drills["nas"] = []state.Drill{held("a", 5, state.Failed), held("a", 2, state.Passed)}
	in.Unread = map[string]bool{"nas": true}
	r := evidence.Collect(in)
	row := r.Rows[0]
	if row.Proof == nil || row.Proof.Stamp != "2026-11-21-010000" || row.Proof.Level != state.ReadProof || !row.Proof.At.Equal(now.AddDate(0, 0, -3)) {
		t.Errorf("proof: got %+v", row.Proof)
	}
	if row.Drill == nil || row.Drill.Verdict != state.Passed || row.Sets != 2 {
		t.Errorf("drill: got %+v", row)
	}
	if r.Rows[1].Proof != nil || r.Rows[1].Drill != nil || !r.Drills[0].Unknown {
		t.Errorf("got %+v, %+v", r.Rows[1], r.Drills[0])
	}
	older := in.Sets["nas"][0].Proven
	was := *older
	older.At = row.Proof.At.Add(time.Second) // one run proves both, the older set last
	if p := evidence.Collect(in).Rows[0].Proof; p == nil || p.Stamp != "2026-11-21-010000" {
		t.Errorf("of two proofs of one day: %+v", p)
	}
	*older = was
	in.Sets["nas"][1].State = state.Damaged // found since
	if p := evidence.Collect(in).Rows[0].Proof; p == nil || p.Stamp != "2026-11-20-010000" || p.Level != state.ServerProof {
		t.Errorf("a damaged set is proven: %+v", p)
	}
	in.Sets["nas"][2].Proven.Level = state.ProofUnknown
	if p := evidence.Collect(in).Rows[0].Proof; p == nil || p.Level != state.ProofUnknown {
		t.Errorf("the ledger was not read, and there is a proof: %+v", p)
	}
}

// What status calls alarming is never shown as good evidence, whatever was proven before.
func TestCollect_showsWhatIsWrong(t *testing.T) {
	for want, change := range map[string]func(*evidence.Input){
		"no complete set":                 func(in *evidence.Input) { in.Standings[0].Newest, in.Standings[0].Counted = "", 0 },
		"1 set damaged":                   func(in *evidence.Input) { in.Standings[0].Others = map[state.State]int{state.Damaged: 1} },
		"2 sets differ from the source":   func(in *evidence.Input) { in.Standings[0].Others = map[state.State]int{state.Differs: 2} },
		"1 set suspicious":                func(in *evidence.Input) { in.Standings[0].Others = map[state.State]int{state.Suspicious: 1} },
		"3 sets vanished":                 func(in *evidence.Input) { in.Standings[0].Vanished = 3 },
		"not readable at its source":      func(in *evidence.Input) { in.Standings[0].Unreadable, in.Standings[0].NotBackedUp = "x", "x" },
		"its newest set is not backed up": func(in *evidence.Input) { in.Standings[0].NotBackedUp = "x" },
		"gone from its source":            func(in *evidence.Input) { in.Standings[0].GoneSince = now },
		"its proofs cannot be read":       func(in *evidence.Input) { in.Sets["nas"][2].Proven.Level = state.ProofUnknown },
		"its last drill failed (earlier)": func(in *evidence.Input) {
			in.Drills["nas"] = []state.Drill{named("earlier", held("a", 1, state.Failed))}
		},
		"a proof is dated in the future: check the clock": func(in *evidence.Input) { in.Sets["nas"][1].Proven.At = now.AddDate(1, 0, 0) },
	} {
		in := input()
		change(&in)
		if got := evidence.Collect(in).Rows[0].Overdue; !slices.Equal(got, []string{want}) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	in := input()
	in.Standings[0].Rule, in.Standings[0].Newest, in.Standings[0].Counted = "orphan", "", 0
	if got := evidence.Collect(in).Rows[0].Overdue; got != nil {
		t.Errorf("nobody waits for sets of an orphan: got %q", got)
	}
	in = input()
	in.Sets["nas"][1].Proven.At = now.AddDate(1, 0, 0)
	if p := evidence.Collect(in).Rows[0].Proof; p == nil || p.Stamp != "2026-11-20-010000" {
		t.Errorf("a proof of next year is the last one: %+v", p)
	}
}

func named(name string, d state.Drill) state.Drill {
	d.Name = name
	return d
}
