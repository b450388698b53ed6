package read_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

func TestLayout_isFoundByAManifest(t *testing.T) {
	k := state.Key{VM: "Bart", Stamp: "2026-11-21-010203"}
	for _, text := range []string{state.DefaultLayout, "{vm}/%Y-%m-%d_%H-%M-%S", "esx1/{vm}-%Y%m%dT%H%M%S", "%Y/%m/%d/%H%M%S/{vm}", "backup of {vm}/%Y%m%d%H%M%S"} {
		want, err := state.ParseLayout(text)
		if err != nil {
			t.Log(text, err) // too deep
			continue
		}
		store := mem.New(nil)
		store.Plant(providers.File{Path: "notes/readme.txt"}, nil)
		store.Plant(providers.File{Path: ".vmxsync/staging/x/set/" + state.ManifestName}, state.Manifest{Key: state.Key{VM: "x", Stamp: k.Stamp}}.Encode())
		store.Plant(providers.File{Path: want.Path(k) + "/" + state.ManifestName}, state.Manifest{Key: k}.Encode())
		got, ok := read.Layout(t.Context(), store, ".vmxsync")
		if !ok || got.Path(k) != want.Path(k) {
			t.Errorf("%s: found %s, %v", text, got, ok)
		}
	}
	if l, ok := read.Layout(t.Context(), mem.New(nil), ".vmxsync"); ok {
		t.Errorf("in nothing: %s", l)
	}
}
