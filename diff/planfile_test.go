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

	"github.com/go-json-experiment/json/jsontext"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var envelope = planfile.Envelope{
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
	w.spec.Files = []config.ConfigFile{{Path: "/etc/vmxsync/vmxsync.hcl", SHA256: strings.Repeat("ab", 32)}}
	w.spec.Variables = []config.Variable{{Name: "keep", JSON: []byte("3")}, {Name: "password", Sensitive: true}}
	return w
}

func seal(t testing.TB, p *diff.Plan, key []byte) []byte {
	t.Helper()
	data, err := planfile.Seal(p, envelope, key)
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
		saved, err := planfile.Open(data, key)
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
	a, err := planfile.Open(seal(t, p, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	other := envelope
	other.RunID = "20261122T130000Z-000000000000"
	data, err := planfile.Seal(p, other, []byte("k"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := planfile.Open(data, nil)
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
			if _, err := planfile.Open(data, nil); err == nil {
				t.Errorf("opens with bit %#x of byte %d flipped", bit, i)
			}
			data[i] ^= bit
		}
	}
}

func TestOpen_refusesTruncatedAndExtended(t *testing.T) {
	data := seal(t, newWorld().holds("vmx", sets(state.Complete, 21)...).compute(t), nil)
	for n := range data {
		if _, err := planfile.Open(data[:n], nil); err == nil {
			t.Errorf("opens cut to %d of %d bytes", n, len(data))
		}
	}
	if _, err := planfile.Open(append(data, '\n'), nil); err == nil {
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
		{"unsigned", nil, []byte("a"), planfile.ErrUnsigned},
		{"another key", []byte("a"), []byte("b"), planfile.ErrSignature},
	} {
		_, err := planfile.Open(seal(t, p, c.with), c.open)
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
		{"nothing", "", planfile.ErrNotPlan},
		{"noise", "\x00\xff\x12", planfile.ErrNotPlan},
		{"a list", "[]", planfile.ErrNotPlan},
		{"another document", `{"format":"x"}`, planfile.ErrNotPlan},
		{"deep nesting", strings.Repeat("[", 1<<20), planfile.ErrNotPlan},
		{"a member twice", strings.Replace(whole, `"format":`, `"format":"x","format":`, 1), planfile.ErrNotPlan},
		{"a newer format", strings.Replace(whole, `"vmxsync.plan/2"`, `"vmxsync.plan/3"`, 1), planfile.ErrFormat},
		{"the format before", strings.Replace(whole, `"vmxsync.plan/2"`, `"vmxsync.plan/1"`, 1), planfile.ErrFormat},
		{"another size", strings.Replace(whole, `"size":12`, `"size":13`, 1), planfile.ErrDamaged},
		{"blanks", strings.Replace(whole, `"format":`, `"format": `, 1), planfile.ErrDamaged},
	} {
		_, err := planfile.Open([]byte(c.data), nil)
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
	if _, err := planfile.Open(reseal(t, text, `"plan":{"apply_time`, `"plan":{"a":{"b":[1]},"apply_time`), nil); err != nil {
		t.Errorf("in the plan: %v", err)
	}
	for name, from := range map[string]string{
		"in a change": `"changes":[{"action"`, "in a file": `"files":[{"mtime"`, "in a cleanup": `"cleanups":[{"bytes"`, "in a place": `"places":[{"layout"`, "in a group": `"groups":[{"destination"`,
	} {
		i := strings.LastIndex(from, `"`+from[strings.Index(from, "{")+2:])
		to := from[:i] + `"AAA":1,` + from[i:]
		if _, err := planfile.Open(reseal(t, text, from, to), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}

// A set that a prune had moved aside under another kind of name would be found by nobody
// after a crash.
func TestOpen_refusesARunThatFoldersCannotBeNamedAfter(t *testing.T) {
	text := sealed(t, busyWorld().compute(t))
	for _, run := range []string{"", "x", "a/b", "../" + envelope.RunID, envelope.RunID + "~gone"} {
		edited := reseal(t, text, `"run_id":"`+envelope.RunID+`"`, `"run_id":"`+run+`"`)
		if _, err := planfile.Open(edited, nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("run %q: got %v, want %v", run, err, planfile.ErrInvalid)
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
		"file has an identity":         func(p *diff.Plan) { find(p, diff.Upload).Files[0].ID = "1:2" },
		"size is huge":                 func(p *diff.Plan) { find(p, diff.Upload).Files[0].Size = 1 << 54 },
		"bytes do not add up":          func(p *diff.Plan) { find(p, diff.Upload).Bytes++ },
		"summary does not add up":      func(p *diff.Plan) { p.Summary.Destroy = 0 },
		"upload reads elsewhere":       func(p *diff.Plan) { find(p, diff.Upload).From = "secrets" },
		"upload from a destination":    func(p *diff.Plan) { find(p, diff.Upload).Source = "nas" },
		"upload of a manifest":         func(p *diff.Plan) { find(p, diff.Upload).Files[0].Path = state.ManifestName },
		"upload expects a run":         func(p *diff.Plan) { find(p, diff.Upload).StagedRun = diff.RunDigest(propertyRun) },
		"replace expects no digest":    func(p *diff.Plan) { find(p, diff.Replace).StagedRun = propertyRun },
		"upload leaves a leftover":     func(p *diff.Plan) { find(p, diff.Upload).Leftover = true },
		"upload retains sets":          func(p *diff.Plan) { find(p, diff.Upload).Retains = find(p, diff.Remove).Retains },
		"upload stays in trash":        func(p *diff.Plan) { find(p, diff.Upload).InTrash = true },
		"delete retains nothing":       func(p *diff.Plan) { find(p, diff.Remove).Retains = nil },
		"delete retains itself":        func(p *diff.Plan) { c := find(p, diff.Remove); c.Retains = []string{c.Address} },
		"an unknown mode":              func(p *diff.Plan) { p.Changes[0].Mode = "rm" },
		"group was not seen":           func(p *diff.Plan) { p.Places[1].Observed = nil },
		"delete in an adopt":           func(p *diff.Plan) { find(p, diff.Adopt).Mode = diff.Remove },
		"group without a floor":        func(p *diff.Plan) { p.Groups[0].MinKeep = 0 },
		"group is missing":             func(p *diff.Plan) { p.Groups = nil },
		"cleanup outside":              func(p *diff.Plan) { p.Cleanups[0].Path = "Bart" },
		"cleanup of the whole staging": func(p *diff.Plan) { p.Cleanups[0].Path = ".vmxsync/staging" },
		"cleanup of another VM":        func(p *diff.Plan) { p.Cleanups[0].VM = "Lisa" + p.Cleanups[0].VM },
		"cleanup twice":                func(p *diff.Plan) { p.Cleanups = append(p.Cleanups, p.Cleanups[0]) },
		"cleanup with a claim":         func(p *diff.Plan) { p.Cleanups[0].Claim = diff.RunDigest(propertyRun) },
		"cleanup nowhere":              func(p *diff.Plan) { p.Cleanups[0].Place = "usb" },
		"cleanup of an unknown kind":   func(p *diff.Plan) { p.Cleanups[0].Kind = "x" },
		"a source with an owner":       func(p *diff.Plan) { p.Places[0].Own = true },
		"takes its own work_dir over":  func(p *diff.Plan) { p.Places[1].Disown = []state.WorkDir{p.Places[1].WorkDir} },
		"takes over a set":             func(p *diff.Plan) { p.Places[1].Disown = []state.WorkDir{"Bart/2026-11-20-010000"} },
		"takes over what climbs":       func(p *diff.Plan) { p.Places[1].Disown = []state.WorkDir{".."} },
		"takes over without an owner":  func(p *diff.Plan) { p.Places[1].Own, p.Places[1].Disown = false, []state.WorkDir{".other"} },
		"work_dir climbs":              func(p *diff.Plan) { p.Places[1].WorkDir = ".." },
		"a place twice":                func(p *diff.Plan) { p.Places[0].Name = "nas" },
		"kept nowhere":                 func(p *diff.Plan) { p.Kept[0].Address = "x" },
		"a notice without a class":     func(p *diff.Plan) { p.Notices[0].Class = "" },
		"no guard":                     func(p *diff.Plan) { p.Guard = nil },
		"a notice of an unknown class": func(p *diff.Plan) { p.Notices[0].Class = "fine" },
	} {
		p := busyWorld().compute(t)
		edit(p)
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		} else if providers.Hint(err) == "" {
			t.Errorf("%s: %v has no hint", name, err)
		}
	}
}

// No file may say where a step leads: steps are derived.
func TestOpen_refusesSteps(t *testing.T) {
	p := busyWorld().compute(t)
	steps := expand(t, p)
	for name, edit := range map[string]func(plan map[string]any){
		"as they are, of a change":  func(plan map[string]any) { member(plan, "changes", 0)["steps"] = steps.Changes[0] },
		"as they are, of a cleanup": func(plan map[string]any) { member(plan, "cleanups", 0)["steps"] = steps.Cleanups[0] },
		"as they are, of a place":   func(plan map[string]any) { member(plan, "places", 1)["steps"] = steps.Places[1] },
		"none of a change":          func(plan map[string]any) { member(plan, "changes", 0)["steps"] = []diff.Step{} },
		"that send files elsewhere": func(plan map[string]any) {
			member(plan, "changes", 0)["steps"] = []diff.Step{{ID: p.Changes[0].Address + "#put:x", Op: diff.OpPut, To: "www/index.php"}}
		},
		"that delete another set": func(plan map[string]any) {
			member(plan, "cleanups", 0)["steps"] = []diff.Step{{ID: "nas:x#purge", Op: diff.OpPurge, From: "Bart/2026-11-18-010000"}}
		},
		"that write another owner": func(plan map[string]any) {
			member(plan, "places", 1)["steps"] = []diff.Step{{ID: "nas#own", Op: diff.OpOwn, To: "index.html"}}
		},
	} {
		if _, err := planfile.Open(resealed(t, p, edit), nil); !errors.Is(err, planfile.ErrInvalid) || providers.Hint(err) == "" {
			t.Errorf("%s: got %v, want %v with a hint", name, err, planfile.ErrInvalid)
		}
	}
	if _, err := planfile.Open(resealed(t, p, func(map[string]any) {}), nil); err != nil {
		t.Errorf("without steps: %v", err)
	}
}

func member(plan map[string]any, list string, i int) map[string]any {
	return plan[list].([]any)[i].(map[string]any)
}

// resealed is a plan file whose plan is edited, by whoever knows the format.
func resealed(t *testing.T, p *diff.Plan, edit func(plan map[string]any)) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(seal(t, p, nil), &doc); err != nil {
		t.Fatal(err)
	}
	edit(doc["plan"].(map[string]any))
	canonical := func(v any) jsontext.Value {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		value := jsontext.Value(data)
		if err := value.Canonicalize(); err != nil {
			t.Fatal(err)
		}
		return value
	}
	doc["id"] = hexSum(string(canonical(doc["plan"])))
	envelope := doc["envelope"].(map[string]any)
	delete(envelope, "digest")
	envelope["digest"] = hexSum(string(canonical(doc)))
	return append(canonical(doc), '\n')
}

// Plans of the format before are refused, and have to be made again.
func TestOpen_refusesTheFormatBefore(t *testing.T) {
	data, err := os.ReadFile("testdata/plan-1.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := planfile.Open(data, []byte("golden")); !errors.Is(err, planfile.ErrFormat) || !strings.Contains(providers.Hint(err), "plan -out=FILE") {
		t.Errorf("got %v, hint %q", err, providers.Hint(err))
	}
}

func TestOpen_goldenDecodesForEver(t *testing.T) {
	if *updateGolden {
		if err := os.WriteFile("testdata/plan-2.json", seal(t, busyWorld().compute(t), []byte("golden")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("testdata/plan-2.json")
	if err != nil {
		t.Fatal(err)
	}
	saved, err := planfile.Open(data, []byte("golden"))
	if err != nil {
		t.Fatal(err)
	}
	p := saved.Plan
	if p.Name != "site" || p.Summary.Add != 2 || p.Summary.Change != 3 || p.Summary.Destroy != 2 || len(p.Cleanups) != 3 {
		t.Errorf("got %s, %+v, %d cleanups", p.Name, p.Summary, len(p.Cleanups))
	}
	if got, want := p.Changes[0].Files[0], (state.File{Path: "disk.vmdk", Size: 1000, ModTime: noon.Add(-6 * time.Hour)}); got != want {
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
	golden, err := os.ReadFile("testdata/plan-2.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`{"envelope":{},"format":"vmxsync.plan/2","id":"","plan":{}}`))
	f.Add([]byte(`{"envelope":null,"format":"vmxsync.plan/2","id":1,"plan":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		saved, err := planfile.Open(data, nil)
		if err != nil {
			if providers.Hint(err) == "" {
				t.Errorf("%v has no hint", err)
			}
			return
		}
		if _, err := planfile.Seal(saved.Plan, saved.Envelope, nil); err != nil {
			t.Errorf("what opens does not seal: %v", err)
		}
	})
}

// FuzzOpen_plan reaches the checks behind the digest: it seals what it makes.
func FuzzOpen_plan(f *testing.F) {
	golden, err := os.ReadFile("testdata/plan-2.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Fuzz(func(t *testing.T, data []byte) {
		var doc struct{ Plan *diff.Plan }
		if json.Unmarshal(data, &doc) != nil || doc.Plan == nil {
			return
		}
		if again, err := planfile.Seal(doc.Plan, envelope, nil); err == nil {
			_, _ = planfile.Open(again, nil)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	for _, n := range []int{25_000, 50_000, 100_000} {
		p, err := diff.Compute(manySets(n).input())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(seal(b, p, nil))))
			b.ReportAllocs()
			for b.Loop() {
				seal(b, p, nil)
			}
		})
	}
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
				if _, err := planfile.Open(data, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
