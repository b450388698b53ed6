package due_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff/due"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var (
	now   = time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	month = config.Verify{Level: state.ReadProof, Every: config.Span{Days: 30}}
	sum   = strings.Repeat("a", 64)
)

func key(day int) state.Key {
	return state.Key{VM: "Bart", Stamp: state.Stamp(fmt.Sprintf("2026-11-%02d-010000", day))}
}

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

func proven(name string, days int, level string) state.FileProof {
	return state.FileProof{Path: name, Size: 100, SHA256: sum, At: ago(days), Level: level}
}

func file(name string) state.ManifestFile {
	return state.ManifestFile{Path: name, Size: 100, SHA256: sum}
}

func begun(name string, days int, offset int64) state.FileProof {
	return state.FileProof{Path: name, Size: 100, At: ago(days), Offset: offset, Hash: []byte("x")}
}

// set holds the files a and b, of 100 bytes each.
func set(day int, proofs ...state.FileProof) due.Set {
	s := due.Set{Key: key(day), Files: []state.File{{Path: "a", Size: 100}, {Path: "b", Size: 100}}}
	for _, f := range proofs {
		s.Proof = s.Proof.With(f)
	}
	return s
}

func TestFind_whatIsLeftToRead(t *testing.T) {
	read, server := state.ReadProof, state.ServerProof
	for name, c := range map[string]struct {
		proofs []state.FileProof
		level  string
		want   string // "" where it is not due
	}{
		"nothing proven":             {nil, read, "never 200"},
		"one file proven":            {[]state.FileProof{proven("a", 3, read)}, read, "never 100 begun"},
		"proven in the future":       {[]state.FileProof{proven("a", -40, read), proven("b", -40, read)}, read, "never 200"},
		"all proven":                 {[]state.FileProof{proven("a", 3, read), proven("b", 28, read)}, read, ""},
		"due before the next night":  {[]state.FileProof{proven("a", 3, read), proven("b", 30, read)}, read, "30 100 begun"},
		"one proven too long ago":    {[]state.FileProof{proven("a", 3, read), proven("b", 31, read)}, read, "31 100 begun"},
		"both too long ago":          {[]state.FileProof{proven("a", 40, read), proven("b", 31, read)}, read, "40 200"},
		"by the server, not read":    {[]state.FileProof{proven("a", 3, server), proven("b", 3, read)}, read, "never 100 begun"},
		"by the server":              {[]state.FileProof{proven("a", 3, server), proven("b", 3, read)}, server, ""},
		"cut in a file":              {[]state.FileProof{begun("a", 1, 60)}, read, "never 140 begun"},
		"cut in a file, a week ago":  {[]state.FileProof{begun("a", 7, 60)}, read, "never 200"},
		"cut when it was read again": {[]state.FileProof{proven("a", 31, read).Cut(file("a"), 60, []byte("x"), ago(1)), proven("b", 1, read)}, read, "31 40 begun"},
		"found damaged":              {[]state.FileProof{{Path: "a", Size: 100, At: ago(1)}, proven("b", 1, read)}, read, "never 100 begun"},
		"of another size":            {[]state.FileProof{{Path: "a", Size: 99, SHA256: sum, At: ago(1), Level: read}, proven("b", 1, read)}, read, "never 100 begun"},
	} {
		v := month
		v.Level = c.level
		s := due.Find(v, now, []due.Set{set(1, c.proofs...)})
		got := ""
		for _, d := range s.Due {
			got = "never"
			if !d.Proven.IsZero() {
				got = fmt.Sprint(int(now.Sub(d.Proven).Hours() / 24))
			}
			got += fmt.Sprint(" ", d.Bytes)
			if d.Begun {
				got += " begun"
			}
		}
		if got != c.want || s.Sets != 1 || s.Bytes != 200 {
			t.Errorf("%s: got %q of %d sets, %d bytes, want %q", name, got, s.Sets, s.Bytes, c.want)
		}
	}
}

func TestFind_oldestFirstWithinTheBudget(t *testing.T) {
	old := func(day, days int) due.Set {
		return set(day, proven("a", days, state.ReadProof), proven("b", days, state.ReadProof))
	}
	all := []due.Set{old(1, 35), set(2), old(3, 3), old(4, 50), set(5)}
	for budget, want := range map[int64]int{0: 4, 1: 1, 200: 1, 201: 2, 600: 3, 601: 4, 9000: 4} {
		v := month
		v.MaxBytes = budget
		s := due.Find(v, now, all)
		var order []string
		for _, c := range s.Due {
			order = append(order, c.Key.String()[len("Bart/2026-11-"):][:2])
		}
		if got := strings.Join(order, " "); got != "02 05 04 01" || s.InBudget != want {
			t.Errorf("budget %d: got %s, of which %d, want %d", budget, got, s.InBudget, want)
		}
	}
}

// A manifest that was read shows what a proof is of, and whether there is anything to prove.
func TestFind_aManifestIsBelieved(t *testing.T) {
	m := state.Manifest{Key: key(1), Run: "1", Files: []state.ManifestFile{{Path: "a", Size: 100, SHA256: sum}, {Path: "b", Size: 100, SHA256: sum}}}
	fresh := set(1, proven("a", 3, state.ReadProof), proven("b", 3, state.ReadProof))
	fresh.Manifest, fresh.Proof.Manifest = &m, m.Identity()
	if s := due.Find(month, now, []due.Set{fresh}); len(s.Due) != 0 {
		t.Errorf("got %+v", s.Due)
	}
	again := m
	again.Run = "2"
	fresh.Manifest = &again
	if s := due.Find(month, now, []due.Set{fresh}); len(s.Due) != 1 || !s.Due[0].Proven.IsZero() || s.Due[0].Bytes != 200 {
		t.Errorf("a set that was sent again: got %+v", s.Due)
	}
}

// A set without checksums is read once, so that it gets them. No server can be asked whether
// its own sums fit.
func TestFind_adoptedSetsAreRead(t *testing.T) {
	m := state.Manifest{Key: key(1), NoSums: true, Files: []state.ManifestFile{{Path: "a", Size: 100}, {Path: "b", Size: 100}}}
	adopted := set(1)
	adopted.Manifest, adopted.Proof.Manifest = &m, m.Identity()
	if s := due.Find(month, now, []due.Set{adopted}); s.Sets != 1 || len(s.Due) != 1 || s.Due[0].Bytes != 200 || !s.Due[0].Proven.IsZero() {
		t.Errorf("got %+v", s)
	}
	asked := month
	asked.Level = state.ServerProof
	if s := due.Find(asked, now, []due.Set{adopted}); s.Sets != 0 || len(s.Due) != 0 {
		t.Errorf("where the server is asked: got %+v", s)
	}
	adopted.Proof = set(1, proven("a", 3, state.ReadProof), proven("b", 3, state.ReadProof)).Proof
	adopted.Proof.Manifest = m.Identity()
	if s := due.Find(month, now, []due.Set{adopted}); s.Sets != 1 || len(s.Due) != 0 {
		t.Errorf("once it was read: got %+v", s)
	}
}
