package diff_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
)

var envelope = diff.Envelope{
	RunID: "20261122T120000Z-6f1c0e8a2b9d", CreatedAt: noon, ExpiresAt: noon.Add(24 * time.Hour), ToolVersion: "0.1.0",
}

// busyWorld has a change of every mode, and a cleanup of every kind.
func busyWorld() *world {
	const run = "20261101T000000Z-000000000000"
	lisa := func(day int, s state.State, names ...string) state.Set { return set(keyOf("Lisa", day), s, names...) }
	w := newWorld().
		holds("vmx", sets(state.Complete, 19, 20, 21)...).
		holds("nas", sets(state.Complete, 17, 18)...).
		holds("nas", set(key(20), state.Unmarked, "disk.vmdk:17"), set(key(19), state.Unmarked)).
		holds("vmx", lisa(20, state.Complete), lisa(1, state.Settling)).
		holds("nas", set(keyOf("Maggie", 3), state.Damaged)).
		stages(staged(lisa(19, state.Complete), true), staged(lisa(20, state.Complete), false), staged(set(keyOf("Lisa", 18), state.Complete), false)).
		trashes(trashed(set(key(2), state.Complete), run, false), trashed(lisa(5, state.Unmarked), run, true)).
		change("nas", func(inv *state.Inventory) { inv.Owner = "" })
	w.spec.Files = []state.ConfigFile{{Path: "/etc/vmxsync/vmxsync.hcl", SHA256: strings.Repeat("ab", 32)}}
	w.spec.Variables = []state.Variable{{Name: "keep", JSON: []byte("3")}, {Name: "password", Sensitive: true}}
	return w
}

func seal(t testing.TB, p *diff.Plan, key []byte) []byte {
	t.Helper()
	data, err := diff.Seal(p, envelope, key)
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	return data
}

func sealed(t testing.TB, p *diff.Plan) string {
	t.Helper()
	return string(seal(t, p, nil))
}

func TestOpen_readsWhatSealWrote(t *testing.T) {
	p := busyWorld().compute(t)
	modes := map[diff.Mode]bool{}
	for _, c := range p.Changes {
		modes[c.Mode] = true
	}
	if len(modes) != 6 || len(p.Cleanups) != 3 {
		t.Fatalf("the world is not busy: %v", say(p))
	}
	for _, key := range [][]byte{nil, []byte("secret")} {
		data := seal(t, p, key)
		saved, err := diff.Open(data, key)
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		if again := seal(t, saved.Plan, key); !bytes.Equal(again, data) {
			t.Errorf("got\n%s\nwant\n%s", again, data)
		}
		if saved.Envelope.RunID != envelope.RunID || !saved.Envelope.ExpiresAt.Equal(envelope.ExpiresAt) {
			t.Errorf("got envelope %+v", saved.Envelope)
		}
	}
}

func TestSeal_idIsOfThePlanAlone(t *testing.T) {
	p := busyWorld().compute(t)
	a, err := diff.Open(seal(t, p, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	other := envelope
	other.RunID = "20261122T130000Z-000000000000"
	data, err := diff.Seal(p, other, []byte("k"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := diff.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != b.ID || a.Envelope.Digest == b.Envelope.Digest {
		t.Errorf("ids %s and %s, digests %s and %s", a.ID, b.ID, a.Envelope.Digest, b.Envelope.Digest)
	}
}

func TestOpen_refusesEveryFlippedBit(t *testing.T) {
	for _, key := range [][]byte{nil, []byte("secret")} {
		data := seal(t, newWorld().holds("vmx", sets(state.Complete, 21)...).compute(t), key)
		step := 1
		if providertest.Thin() {
			step = 7 // no multiple of 8: all bits have their turn
		}
		for i := 0; i < len(data); i += step {
			bit := byte(1) << (i % 8)
			data[i] ^= bit
			if _, err := diff.Open(data, nil); err == nil {
				t.Errorf("opens with bit %#x of byte %d flipped", bit, i)
			}
			data[i] ^= bit
		}
	}
}

func TestOpen_refusesTruncatedAndExtended(t *testing.T) {
	data := seal(t, newWorld().holds("vmx", sets(state.Complete, 21)...).compute(t), nil)
	for n := range data {
		if _, err := diff.Open(data[:n], nil); err == nil {
			t.Errorf("opens cut to %d of %d bytes", n, len(data))
		}
	}
	if _, err := diff.Open(append(data, '\n'), nil); err == nil {
		t.Error("opens with a newline more")
	}
}

func TestOpen_signature(t *testing.T) {
	p := newWorld().holds("vmx", sets(state.Complete, 21)...).compute(t)
	for _, c := range []struct {
		name       string
		with, open []byte
		want       error
	}{
		{"same key", []byte("a"), []byte("a"), nil},
		{"no key to open", []byte("a"), nil, nil},
		{"unsigned", nil, []byte("a"), diff.ErrUnsigned},
		{"another key", []byte("a"), []byte("b"), diff.ErrSignature},
	} {
		_, err := diff.Open(seal(t, p, c.with), c.open)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if err != nil && providers.Hint(err) == "" {
			t.Errorf("%s: %v has no hint", c.name, err)
		}
	}
}

func TestOpen_refusesWhatIsNoPlan(t *testing.T) {
	whole := sealed(t, newWorld().holds("vmx", sets(state.Complete, 21)...).compute(t))
	for _, c := range []struct {
		name, data string
		want       error
	}{
		{"nothing", "", diff.ErrNotPlan},
		{"noise", "\x00\xff\x12", diff.ErrNotPlan},
		{"a list", "[]", diff.ErrNotPlan},
		{"another document", `{"format":"x"}`, diff.ErrNotPlan},
		{"deep nesting", strings.Repeat("[", 1<<20), diff.ErrNotPlan},
		{"a member twice", strings.Replace(whole, `"format":`, `"format":"x","format":`, 1), diff.ErrNotPlan},
		{"a newer format", strings.Replace(whole, `"vmxsync.plan/1"`, `"vmxsync.plan/2"`, 1), diff.ErrFormat},
		{"another size", strings.Replace(whole, `"size":12`, `"size":13`, 1), diff.ErrDamaged},
		{"blanks", strings.Replace(whole, `"format":`, `"format": `, 1), diff.ErrDamaged},
	} {
		_, err := diff.Open([]byte(c.data), nil)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if providers.Hint(err) == "" {
			t.Errorf("%s: %v has no hint", c.name, err)
		}
	}
}

// reseal edits the text of a plan file as one who knows the format would.
func reseal(t testing.TB, text string, from, to string) []byte {
	t.Helper()
	edited := strings.Replace(text, from, to, 1)
	if edited == text {
		t.Fatalf("%s is not in the plan", from)
	}
	i := strings.Index(edited, `"plan":`) + len(`"plan":`)
	plan := edited[i : len(edited)-2]
	old := text[strings.Index(text, `"id":"`)+6:][:64]
	edited = strings.Replace(edited, old, hexSum(plan), 1)
	j := strings.Index(edited, `"digest":"`)
	bare := edited[:j] + strings.TrimPrefix(edited[j+len(`"digest":"`)+64+1:], ",")
	bare = strings.TrimSuffix(bare, "\n")
	return []byte(edited[:j] + `"digest":"` + hexSum(bare) + edited[j+len(`"digest":"`)+64:])
}

func hexSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestOpen_ignoresUnknownMembersWhereTheyDoNoHarm(t *testing.T) {
	text := sealed(t, busyWorld().compute(t))
	if _, err := diff.Open(reseal(t, text, `"plan":{"apply_time`, `"plan":{"a":{"b":[1]},"apply_time`), nil); err != nil {
		t.Errorf("in the plan: %v", err)
	}
	for name, from := range map[string]string{
		"in a change": `"changes":[{"action"`, "in a step": `"steps":[{"id"`, "in a cleanup": `"cleanups":[{"bytes"`, "in a step of a place": `"steps":[{"id":"nas#own"`,
	} {
		i := strings.LastIndex(from, `"`+from[strings.Index(from, "{")+2:])
		to := from[:i] + `"AAA":1,` + from[i:]
		if _, err := diff.Open(reseal(t, text, from, to), nil); !errors.Is(err, diff.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, diff.ErrInvalid)
		}
	}
}

func TestOpen_refusesPlansThatReachOut(t *testing.T) {
	find := func(p *diff.Plan, m diff.Mode) *diff.Change {
		for i := range p.Changes {
			if p.Changes[i].Mode == m {
				return &p.Changes[i]
			}
		}
		t.Fatalf("no change of mode %s", m)
		return nil
	}
	for name, edit := range map[string]func(p *diff.Plan){
		"path climbs":                  func(p *diff.Plan) { find(p, diff.Upload).Path = "../x" },
		"path of another set":          func(p *diff.Plan) { find(p, diff.Remove).Path = "Lisa/2026-11-20-010000" },
		"address without a place":      func(p *diff.Plan) { p.Changes[0].Address = "/Bart/2026-11-21-010000" },
		"address of an unknown place":  func(p *diff.Plan) { p.Changes[0].Address = "usb/Bart/2026-11-21-010000" },
		"a set changed twice":          func(p *diff.Plan) { p.Changes = append(p.Changes, p.Changes[0]) },
		"file climbs":                  func(p *diff.Plan) { find(p, diff.Upload).Files[0].Path = "../disk.vmdk" },
		"file is absolute":             func(p *diff.Plan) { find(p, diff.Upload).Files[0].Path = "/etc/passwd" },
		"size is negative":             func(p *diff.Plan) { find(p, diff.Upload).Files[0].Size = -1 },
		"size is huge":                 func(p *diff.Plan) { find(p, diff.Upload).Files[0].Size = 1 << 54 },
		"bytes do not add up":          func(p *diff.Plan) { find(p, diff.Upload).Bytes++ },
		"summary does not add up":      func(p *diff.Plan) { p.Summary.Destroy = 0 },
		"upload reads elsewhere":       func(p *diff.Plan) { find(p, diff.Upload).From = "secrets" },
		"upload from a destination":    func(p *diff.Plan) { find(p, diff.Upload).Source = "nas" },
		"put goes elsewhere":           func(p *diff.Plan) { find(p, diff.Upload).Steps[1].To = "www/index.php" },
		"put of another size":          func(p *diff.Plan) { find(p, diff.Upload).Steps[1].Size++ },
		"put is missing":               func(p *diff.Plan) { c := find(p, diff.Upload); c.Steps = append(c.Steps[:1], c.Steps[2:]...) },
		"trash takes another set":      func(p *diff.Plan) { find(p, diff.Remove).Steps[0].From = "Lisa" },
		"trash leads out of trash":     func(p *diff.Plan) { find(p, diff.Remove).Steps[0].To = "elsewhere" },
		"upload expects a run":         func(p *diff.Plan) { find(p, diff.Upload).Steps[0].Expect = diff.RunDigest(propertyRun) },
		"trash expects nothing":        func(p *diff.Plan) { find(p, diff.Remove).Steps[0].Expect = "" },
		"trash retains nothing":        func(p *diff.Plan) { find(p, diff.Remove).Steps[0].Retains = nil },
		"trash retains itself":         func(p *diff.Plan) { c := find(p, diff.Remove); c.Steps[0].Retains = []string{c.Address} },
		"purge of the final name":      func(p *diff.Plan) { c := find(p, diff.Remove); c.Steps[1].From = c.Path },
		"an unknown op":                func(p *diff.Plan) { p.Changes[0].Steps[0].Op = "rm" },
		"a step twice":                 func(p *diff.Plan) { c := &p.Changes[0]; c.Steps = append(c.Steps, c.Steps[0]) },
		"a need that comes later":      func(p *diff.Plan) { s := p.Changes[0].Steps; s[0].Needs = []string{s[1].ID} },
		"no step":                      func(p *diff.Plan) { p.Changes[0].Steps = nil },
		"delete in an adopt":           func(p *diff.Plan) { find(p, diff.Adopt).Mode = diff.Remove },
		"group without a floor":        func(p *diff.Plan) { p.Groups[0].MinKeep = 0 },
		"group is missing":             func(p *diff.Plan) { p.Groups = nil },
		"cleanup outside":              func(p *diff.Plan) { p.Cleanups[0].Path = "Bart"; p.Cleanups[0].Steps[0].From = "Bart" },
		"cleanup of the whole staging": func(p *diff.Plan) { p.Cleanups[0].Steps[0].From = ".vmxsync/staging" },
		"cleanup of an unknown kind":   func(p *diff.Plan) { p.Cleanups[0].Kind = "x" },
		"owner elsewhere":              func(p *diff.Plan) { p.Places[1].Steps[0].To = "index.html" },
		"work_dir climbs":              func(p *diff.Plan) { p.Places[1].WorkDir = ".." },
		"a place twice":                func(p *diff.Plan) { p.Places[0].Name = "nas" },
		"kept nowhere":                 func(p *diff.Plan) { p.Kept[0].Address = "x" },
		"a notice of an unknown class": func(p *diff.Plan) { p.Notices[0].Class = "fine" },
	} {
		p := busyWorld().compute(t)
		edit(p)
		if _, err := diff.Open(seal(t, p, nil), nil); !errors.Is(err, diff.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, diff.ErrInvalid)
		} else if providers.Hint(err) == "" {
			t.Errorf("%s: %v has no hint", name, err)
		}
	}
}

func TestOpen_goldenDecodesForEver(t *testing.T) {
	data, err := os.ReadFile("testdata/plan-1.json")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := diff.Open(data, []byte("golden"))
	if err != nil {
		t.Fatal(err)
	}
	p := saved.Plan
	if p.Name != "site" || p.Summary.Add != 2 || p.Summary.Change != 3 || p.Summary.Destroy != 2 || len(p.Cleanups) != 3 {
		t.Errorf("got %s, %+v, %d cleanups", p.Name, p.Summary, len(p.Cleanups))
	}
	if got, want := p.Changes[0].Files[0], (diff.File{Path: "disk.vmdk", Size: 1000, MTime: noon.Add(-6 * time.Hour)}); got != want {
		t.Errorf("got file %+v, want %+v", got, want)
	}
}

func TestSeal_keepsThePromisesToScripts(t *testing.T) {
	var doc struct {
		Plan struct {
			Changes []struct{ Address, Action string }
			Kept    []struct {
				Address string
				Reasons []struct{ Rule string }
			}
			Summary map[string]int64
		}
	}
	if err := json.Unmarshal(seal(t, busyWorld().compute(t), nil), &doc); err != nil {
		t.Fatal(err)
	}
	if c := doc.Plan.Changes[0]; c.Address != "nas/Bart/2026-11-21-010000" || c.Action != "create" {
		t.Errorf("got change %+v", c)
	}
	if k := doc.Plan.Kept[0]; k.Address != "nas/Maggie/2026-11-03-010000" || k.Reasons[0].Rule != "orphan" {
		t.Errorf("got kept %+v", k)
	}
	if _, ok := doc.Plan.Summary["upload_bytes"]; !ok {
		t.Errorf("got summary %v", doc.Plan.Summary)
	}
}

func FuzzOpen(f *testing.F) {
	golden, err := os.ReadFile("testdata/plan-1.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`{"envelope":{},"format":"vmxsync.plan/1","id":"","plan":{}}`))
	f.Add([]byte(`{"envelope":null,"format":"vmxsync.plan/1","id":1,"plan":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		saved, err := diff.Open(data, nil)
		if err != nil {
			if providers.Hint(err) == "" {
				t.Errorf("%v has no hint", err)
			}
			return
		}
		if _, err := diff.Seal(saved.Plan, saved.Envelope, nil); err != nil {
			t.Errorf("what opens does not seal: %v", err)
		}
	})
}

// FuzzOpen_plan reaches the checks behind the digest: it seals what it makes.
func FuzzOpen_plan(f *testing.F) {
	golden, err := os.ReadFile("testdata/plan-1.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Fuzz(func(t *testing.T, data []byte) {
		var doc struct{ Plan *diff.Plan }
		if json.Unmarshal(data, &doc) != nil || doc.Plan == nil {
			return
		}
		if again, err := diff.Seal(doc.Plan, envelope, nil); err == nil {
			_, _ = diff.Open(again, nil)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{25_000, 50_000, 100_000} {
		p, err := diff.Compute(manySets(n).input())
		if err != nil {
			b.Fatal(err)
		}
		data := seal(b, p, nil)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := diff.Open(data, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
