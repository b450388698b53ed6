package read_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// found is a place with two sets, and a record that one of them was found damaged.
func found(t *testing.T, manifest string) (*mem.Store, state.Inventory) {
	t.Helper()
	lisa := state.Key{VM: "Lisa", Stamp: bart.Stamp}
	text := manifestFor(t, bart, map[string]int64{"a": 3})
	store := place(t, ".vmxsync/owner=site\n",
		"Bart/2026-11-21-010000/a=123", "Bart/2026-11-21-010000/vmxsync.sha256="+text,
		"Lisa/2026-11-21-010000/a=123", "Lisa/2026-11-21-010000/vmxsync.sha256="+manifestFor(t, lisa, map[string]int64{"a": 3}))
	m, err := state.ParseManifest([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if manifest == "" {
		manifest = m.Identity()
	}
	inv := read.Destination(t.Context(), store, nas(t))
	inv.Known = &known.Record{Name: "site", At: noon, Seq: 1, Sets: []known.Set{}}
	inv.Known.Note(known.NewFinding(bart.AsRecorded(), manifest, "a", "other sums", "r", noon.Add(-24*time.Hour)))
	return store, inv
}

func TestFindings_marksTheCopyThatWasFound(t *testing.T) {
	store, inv := found(t, "")
	read.Findings(t.Context(), store, &inv)
	want := "Bart/2026-11-21-010000 damaged 1 files 3 bytes\nLisa/2026-11-21-010000 complete 1 files 3 bytes\n"
	if got := summary(inv.Sets); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := inv.Sets[0]; got.Found == nil || got.Problem != "a did not match its checksum when it was read back on 2026-11-21" {
		t.Errorf("got %+v", got)
	}
	if inv.Sets[1].Manifest != nil {
		t.Error("the manifest of a set of which nothing was found was read")
	}
	if got := inv.Sets[0].Sound(); got.State != state.Complete || got.Problem != "" || got.Found != nil {
		t.Errorf("got %+v", got)
	}
}

// A set that was sent again is another copy, and one whose manifest cannot be read is
// not known; without a record all is judged by what can be seen.
func TestFindings_marksNoOther(t *testing.T) {
	store, inv := found(t, strings.Repeat("0f", 32))
	read.Findings(t.Context(), store, &inv)
	if got := inv.Sets[0]; got.State != state.Complete || got.Manifest == nil {
		t.Errorf("got %+v", got)
	}
	store, inv = found(t, "")
	if err := store.Remove(t.Context(), "Bart/2026-11-21-010000/"+state.ManifestName); err != nil {
		t.Fatal(err)
	}
	read.Findings(t.Context(), store, &inv)
	if got := inv.Sets[0]; got.State != state.Unknown {
		t.Errorf("got %+v", got)
	}
	store, inv = found(t, "")
	inv.Known = nil
	read.Findings(t.Context(), store, &inv)
	if got := inv.Sets[0]; got.State != state.Complete {
		t.Errorf("got %+v", got)
	}
}

// The same files sent by two runs have one digest and two identities.
func TestManifest_identityIsOfOneUpload(t *testing.T) {
	m := state.Manifest{Key: bart, Run: "r", Files: []state.ManifestFile{{Path: "a", Size: 3, SHA256: strings.Repeat("0", 64)}}}
	again, other := m, m
	again.Run = "s"
	other.Files = []state.ManifestFile{{Path: "a", Size: 3, SHA256: strings.Repeat("1", 64)}}
	if m.Digest() != again.Digest() || m.Identity() == again.Identity() || m.Identity() == other.Identity() || len(m.Identity()) != 64 {
		t.Errorf("got %s, %s, %s", m.Identity(), again.Identity(), other.Identity())
	}
}
