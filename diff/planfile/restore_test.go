package planfile_test

import (
	"bytes"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/state"
)

// absolute is a folder of this system.
var absolute = map[bool]string{false: "/srv/restored", true: `C:\restored`}[runtime.GOOS == "windows"]

func restorePlan() *restore.Plan {
	k := state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}
	sum := strings.Repeat("ab", 32)
	return &restore.Plan{
		To: absolute, Places: []restore.Place{{Name: "nas", Type: "ftp", Settings: []byte(`{"host":"nas"}`), Location: "ftp://nas/", WorkDir: ".vmxsync"}},
		Sets: []restore.Set{{
			Key: k, Folder: k.String(), Files: []restore.File{{Path: "Bart.vmx", Size: 3, SHA256: sum}},
			Origins: []restore.Origin{{Place: "nas", Path: k.String(), Manifest: sum, Blocks: &state.BlocksRef{Size: 1, SHA256: sum}, Proven: time.Unix(1e9, 0).UTC(), Level: state.ReadProof}},
		}},
	}
}

func sealRestore(t testing.TB, p *restore.Plan, key []byte) []byte {
	t.Helper()
	doc, err := planfile.SealRestore(p, planfile.Envelope{RunID: "20261122T120000Z-bbbbbbbbbbbb", CreatedAt: time.Unix(1e9, 0)}, key)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestOpenRestore_roundTrip(t *testing.T) {
	key := []byte("k")
	doc := sealRestore(t, restorePlan(), key)
	saved, err := planfile.OpenRestore(doc, key)
	if err != nil || !reflect.DeepEqual(saved.Plan, restorePlan()) || !planfile.IsRestore(doc) {
		t.Fatalf("got %+v, %v", saved, err)
	}
	if _, err := planfile.Open(doc, key); !errors.Is(err, planfile.ErrNotPlan) {
		t.Errorf("as the plan of an apply: %v", err)
	}
	if _, err := planfile.OpenRestore(doc, []byte("other")); !errors.Is(err, planfile.ErrSignature) {
		t.Errorf("with another key: %v", err)
	}
	newer := bytes.Replace(doc, []byte("vmxsync.restore/1"), []byte("vmxsync.restore/2"), 1)
	if _, err := planfile.OpenRestore(newer, key); !errors.Is(err, planfile.ErrFormat) {
		t.Errorf("of another format: %v", err)
	}
	for i := range doc {
		bent := bytes.Clone(doc)
		bent[i] ^= 1
		if _, err := planfile.OpenRestore(bent, key); err == nil {
			t.Fatalf("a bit of byte %d was flipped, and nobody saw it", i)
		}
	}
}

// TestSealRestore_hostile: who can seal a plan cannot lead it out of its folder.
func TestSealRestore_hostile(t *testing.T) {
	for name, spoil := range map[string]func(p *restore.Plan){
		"relative target":  func(p *restore.Plan) { p.To = "restored" },
		"no target":        func(p *restore.Plan) { p.To = "" },
		"folder climbs":    func(p *restore.Plan) { p.Sets[0].Folder = "../x" },
		"another folder":   func(p *restore.Plan) { p.Sets[0].Folder = "Bart/elsewhere" },
		"VM climbs":        func(p *restore.Plan) { p.Sets[0].VM, p.Sets[0].Folder = "..", "../2026-11-21-010000" },
		"file climbs":      func(p *restore.Plan) { p.Sets[0].Files[0].Path = "../../etc/passwd" },
		"file is absolute": func(p *restore.Plan) { p.Sets[0].Files[0].Path = "/etc/passwd" },
		"negative size":    func(p *restore.Plan) { p.Sets[0].Files[0].Size = -1 },
		"no sum":           func(p *restore.Plan) { p.Sets[0].Files[0].SHA256 = "" },
		"odd sum":          func(p *restore.Plan) { p.Sets[0].Files[0].SHA256 = "ab" },
		"no place":         func(p *restore.Plan) { p.Sets[0].Origins = nil },
		"unknown place":    func(p *restore.Plan) { p.Sets[0].Origins[0].Place = "usb" },
		"path climbs":      func(p *restore.Plan) { p.Sets[0].Origins[0].Path = "../x" },
		"path is the root": func(p *restore.Plan) { p.Sets[0].Origins[0].Path = "." },
		"work dir climbs":  func(p *restore.Plan) { p.Places[0].WorkDir = "../x" },
		"a set twice":      func(p *restore.Plan) { p.Sets = append(p.Sets, p.Sets[0]) },
	} {
		p := restorePlan()
		spoil(p)
		if doc, err := planfile.SealRestore(p, planfile.Envelope{}, nil); err == nil {
			t.Errorf("%s: sealed as %s", name, doc)
		}
	}
}

func FuzzOpenRestore(f *testing.F) {
	f.Add(sealRestore(f, restorePlan(), nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		if saved, err := planfile.OpenRestore(data, nil); err == nil && saved.Plan.To == "" {
			t.Error("a plan without a target")
		}
	})
}
