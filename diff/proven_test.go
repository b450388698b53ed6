package diff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// provenWorld has sets of Bart of these days of November everywhere, proven at nas as given,
// and wants proofs of the last seven days. It is the 22nd.
func provenWorld(proofs map[int]*state.Proven) *world {
	w := newWorld()
	for day, is := range proofs {
		s := set(key(day), state.Complete)
		w.holds("vmx", s)
		s.Proven = is
		w.holds("nas", s)
	}
	w.spec.Backups[0].VerifiedWithin = config.Span{Days: 7}
	return w
}

func unproven(p *diff.Plan) (text string) {
	for _, n := range p.Notices {
		if n.Code == "not-proven" || n.Code == "unread-proofs" {
			text += n.Text
		}
	}
	return text
}

// Each set that is kept must have a proof within verified_within, once it is as old as that.
func TestProven_warnsOfSetsWithoutAYoungProof(t *testing.T) {
	read := func(day int) *state.Proven {
		return &state.Proven{Level: state.ReadProof, At: time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC)}
	}
	never := &state.Proven{Level: state.NeverProven}
	for name, c := range map[string]struct {
		is   *state.Proven
		day  int
		want string
	}{
		"never":                 {never, 14, "Bart/2026-11-14-010000: never proven"},
		"long ago":              {read(14), 14, "Bart/2026-11-14-010000: last proven 2026-11-14"},
		"lately":                {read(16), 14, ""},
		"in the future":         {read(30), 14, "Bart/2026-11-14-010000: last proven 2026-11-30"},
		"by the server":         {&state.Proven{Level: state.ServerProof, At: read(20).At}, 14, ""},
		"young":                 {never, 16, ""},
		"without checksums":     {&state.Proven{Level: state.NotProvable}, 14, ""},
		"the ledger is unread":  {&state.Proven{Level: state.ProofUnknown, Problem: "550 no"}, 14, "the proofs of 1 set"},
		"nobody asked":          {nil, 14, ""},
		"exactly as old, proof": {read(15), 14, ""},
	} {
		w := provenWorld(map[int]*state.Proven{c.day: c.is, 21: never})
		if got := unproven(w.compute(t)); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		w.spec.Backups[0].VerifiedWithin = config.Span{}
		if got := unproven(w.compute(t)); got != "" {
			t.Errorf("%s: without verified_within: %q", name, got)
		}
	}
}

// Status counts the same sets, and all figures of proofs.
func TestStandings_countProofs(t *testing.T) {
	at := time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)
	w := provenWorld(map[int]*state.Proven{
		10: {Level: state.NeverProven}, 12: {Level: state.ReadProof, At: at}, 13: {Level: state.ReadProof, At: at.AddDate(0, 0, 6)},
		14: {Level: state.NotProvable}, 21: {Level: state.NeverProven},
	})
	w.spec.Policies[0].KeepLast = 9
	all, err := diff.Standings(w.input())
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	is := all[0]
	if is.NotProven != 2 || is.Proofs.Never != 2 || !is.Proofs.Oldest.Equal(at) || is.Proofs.Newest.Level != state.NeverProven || !is.Proofs.Asked {
		t.Errorf("got %d not proven, %+v", is.NotProven, is.Proofs)
	}
}
