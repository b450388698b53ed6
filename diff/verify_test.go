package diff_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// proves lets nas have proofs of Bart's sets of these nights, by how many days old they are.
func (w *world) proves(days map[int]int) *world {
	return w.change("nas", func(inv *state.Inventory) {
		inv.Proofs = map[state.Key]state.Proof{}
		for day, age := range days {
			s, _ := inv.Find(key(day))
			p := state.Proof{Key: s.Key}
			for _, f := range s.Files {
				p = p.With(state.FileProof{Path: f.Path, Size: f.Size, SHA256: strings.Repeat("a", 64), At: noon.AddDate(0, 0, -age), Level: state.ReadProof})
			}
			inv.Proofs[s.Key] = p
		}
	})
}

// verifies gives nas a verify block.
func (w *world) verifies(v config.Verify) *world {
	w.nas().Verify = &v
	return w
}

var monthly = config.Verify{Level: state.ReadProof, Every: config.Span{Days: 30}}

// reads says of each share what it reads, and why.
func reads(p *diff.Plan) (lines []string) {
	for _, s := range p.Verify {
		for _, r := range s.Reads {
			lines = append(lines, strings.Join([]string{s.Backup, r.Address, r.Reasons[0].Text}, " "))
		}
	}
	return lines
}

func TestVerify_whatIsDueIsReadAndNoChange(t *testing.T) {
	w := newWorld().verifies(monthly).holds("vmx", sets(state.Complete, 19, 20, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...).
		proves(map[int]int{19: 41, 20: 3})
	p := w.compute(t)
	want := []string{" nas/Bart/2026-11-21-010000 never proven", " nas/Bart/2026-11-19-010000 proven 41 days ago, due every 30d"}
	if got := reads(p); !slices.Equal(got, want) || !p.Empty() || p.Reads() != 2 {
		t.Errorf("got %q, %v", got, say(p))
	}
	s := p.Verify[0]
	if s.Sets != 3 || s.Bytes != 3036 || s.Due != 2 || s.DueBytes != 2024 || s.Nights() != 0 || s.Days(p.Now) != 30 {
		t.Errorf("got %+v", s)
	}
	v := monthly
	v.MaxBytes = 1000
	p = w.verifies(v).compute(t)
	if s := p.Verify[0]; len(reads(p)) != 1 || s.Due != 2 || s.Nights() != 4 {
		t.Errorf("with a budget: got %+v", s)
	}
	// the block of a backup replaces that of the destination
	w.spec.Backups[0].Verify = &config.Verify{Level: state.ReadProof, Every: config.Span{Days: 2}}
	if got := reads(w.compute(t)); len(got) != 3 || !strings.HasPrefix(got[0], "default ") {
		t.Errorf("got %q", got)
	}
}

// What goes away, is being replaced, is damaged, or is not selected is not read back.
func TestVerify_leavesOut(t *testing.T) {
	full := func() *world {
		return newWorld().verifies(monthly).holds("vmx", sets(state.Complete, 21)...).
			foundDamaged(key(20), sets(state.Complete, 17, 18, 19, 20)...).proves(nil)
	}
	w := full()
	w.holds("nas", set(key(3), state.Unmarked))
	want := []string{" nas/Bart/2026-11-18-010000 never proven", " nas/Bart/2026-11-19-010000 never proven"}
	if got := reads(w.compute(t)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	w = full()
	w.options.Target = []string{"nas/Bart/2026-11-19-*"}
	if got := reads(w.compute(t)); !slices.Equal(got, want[1:]) {
		t.Errorf("-target: got %q", got)
	}
	w.options.Destroy = true
	if p := w.compute(t); p.Verify != nil {
		t.Errorf("-destroy: got %+v", p.Verify)
	}
	w = full().change("nas", func(inv *state.Inventory) { inv.Proofs, inv.ProofsProblem = nil, "permission denied" })
	p := w.compute(t)
	if p.Verify != nil {
		t.Errorf("got %+v", p.Verify)
	}
	wantNotice(t, p, "proofs", "nas: what was proven of its sets cannot be read, and nothing is verified there: permission denied. "+
		"Let the account read and write below the work folder, or remove the verify blocks of the destination and of its backups.")
	// without a verify block nobody asks
	w = full()
	w.nas().Verify = nil
	if p := w.compute(t); p.Verify != nil {
		t.Errorf("got %+v", p.Verify)
	}
}

// Where a server is asked for its sums, the manifests of what was never proven show what has
// none to compare them with.
func TestVerify_noServerIsAskedAboutAdoptedSets(t *testing.T) {
	v := monthly
	v.MaxBytes, v.Level = 1, state.ServerProof
	w := newWorld().verifies(v).holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...).proves(map[int]int{21: 1})
	w.standard().KeepLast = 9
	in := w.input()
	asked := 0
	in.Prove = func(place string, sets []state.Set) ([]state.Set, error) {
		if place != "nas" {
			return nil, nil
		}
		for i, s := range sets {
			asked++
			sets[i] = withManifest(s, propertyRun)
			sets[i].Manifest.NoSums = s.Key != key(20)
		}
		return sets, nil
	}
	p, err := diff.Compute(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := reads(p); !slices.Equal(got, []string{" nas/Bart/2026-11-20-010000 never proven"}) || p.Verify[0].Sets != 2 || asked != 3 {
		t.Errorf("got %q, %+v, %d manifests read", got, p.Verify, asked)
	}
}

// What a plan reads back is read for ever, as the rest of it.
func TestOpen_goldenOfReads(t *testing.T) {
	const golden = "testdata/plan-2-verify.json"
	v := config.Verify{Level: state.ReadProof, Every: config.Span{Days: 30}, MaxBytes: 1000, MaxDuration: 2 * time.Hour}
	w := newWorld().verifies(v).holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 19, 20)...).proves(map[int]int{19: 41})
	if *updateGolden {
		if err := os.WriteFile(golden, seal(t, w.compute(t), []byte("golden")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := planfile.Open(data, []byte("golden"))
	if err != nil {
		t.Fatal(err)
	}
	want := []diff.Share{{
		Destination: "nas", Level: "read", Every: config.Span{Days: 30}, Since: noon.AddDate(0, 0, -29), MaxBytes: 1000, MaxDuration: providers.Duration(2 * time.Hour),
		Sets: 2, Bytes: 2024, Due: 2, DueBytes: 2024,
		Reads: []diff.Read{{Address: "nas/Bart/2026-11-20-010000", Bytes: 1012, Reasons: []diff.Reason{{Rule: "verify", Code: "never", Text: "never proven"}}}},
	}}
	if !reflect.DeepEqual(saved.Plan.Verify, want) {
		t.Errorf("got  %+v\nwant %+v", saved.Plan.Verify, want)
	}
}

// A plan file may come from anywhere.
func TestOpen_refusesBadReads(t *testing.T) {
	for name, spoil := range map[string]func(*diff.Share){
		"a source":        func(s *diff.Share) { s.Destination = "vmx" },
		"no destination":  func(s *diff.Share) { s.Destination = "usb" },
		"a level":         func(s *diff.Share) { s.Level = "list" },
		"no period":       func(s *diff.Share) { s.Every = config.Span{} },
		"bytes":           func(s *diff.Share) { s.MaxBytes = -1 },
		"too many bytes":  func(s *diff.Share) { s.DueBytes = diff.MaxSize },
		"fewer than read": func(s *diff.Share) { s.Due = 0 },
		"another place":   func(s *diff.Share) { s.Reads[0].Address = "usb/Bart/2026-11-20-010000" },
		"no set":          func(s *diff.Share) { s.Reads[0].Address = "nas/Bart" },
		"a way out":       func(s *diff.Share) { s.Reads[0].Address = "nas/../2026-11-20-010000" },
		"twice":           func(s *diff.Share) { s.Reads = append(s.Reads, s.Reads...); s.Due = 9 },
		"a size":          func(s *diff.Share) { s.Reads[0].Bytes = -1 },
		"no reason":       func(s *diff.Share) { s.Reads[0].Reasons = nil },
	} {
		p := newWorld().verifies(monthly).holds("vmx", sets(state.Complete, 20)...).holds("nas", sets(state.Complete, 20)...).proves(nil).compute(t)
		if err := planfile.Check(p); err != nil {
			t.Fatal(err)
		}
		spoil(&p.Verify[0])
		if planfile.Check(p) == nil {
			t.Errorf("%s: is accepted", name)
		}
	}
}
