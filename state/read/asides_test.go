package read_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

const pruneRun = "20261121T120000Z-6f1c0e8a2b9d"

// In the second layout the name of a VM could end like that.
func TestSource_tellsSetsOnTheirWayOutFromSets(t *testing.T) {
	for text, final := range map[string]string{
		state.DefaultLayout:    "Bart/2026-11-20-010000",
		"%Y-%m-%d-%H%M%S-{vm}": "2026-11-20-010000-Bart",
	} {
		layout, err := state.ParseLayout(text)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		store := mem.New(func() time.Time { return now.AddDate(0, 0, -1) })
		for _, p := range []string{state.Aside(final, pruneRun) + "/disk", state.Gone(final, pruneRun) + "/a.log", "x~" + pruneRun + "~gone/disk"} {
			store.Plant(providers.File{Path: p}, []byte("bytes"))
		}
		inv := read.Source(t.Context(), store, config.Source{Name: "vmx", Layout: layout, Ignore: []string{"*.log"}}, now)
		if inv.Err != nil || len(inv.Sets) > 0 || len(inv.Asides) != 2 {
			t.Fatalf("%s: %v, sets %v, asides %+v", text, inv.Err, inv.Sets, inv.Asides)
		}
		aside, gone := inv.Asides[0], inv.Asides[1]
		if aside.Gone || !gone.Gone || aside.Final != final || aside.VM != "Bart" || aside.Stamp != "2026-11-20-010000" || len(aside.Files) != 1 || len(gone.Files) != 0 {
			t.Errorf("%s: got %+v", text, inv.Asides)
		}
		if !slices.Contains(inv.Foreign, "x~"+pruneRun+"~gone") {
			t.Errorf("%s: foreign %q, want what is of no set among it", text, inv.Foreign)
		}
	}
}

func TestSource_aFolderOfIgnoredFilesIsNoSet(t *testing.T) {
	layout, _ := state.ParseLayout(state.DefaultLayout)
	store := mem.New(time.Now)
	store.Plant(providers.File{Path: "Bart/2026-11-20-010000/sub/notes.txt"}, []byte("mine"))
	inv := read.Source(t.Context(), store, config.Source{Name: "vmx", Layout: layout, Ignore: []string{"*.txt"}}, time.Now())
	if inv.Err != nil || len(inv.Sets) > 0 {
		t.Errorf("%v, sets %+v, want none", inv.Err, inv.Sets)
	}
}

// Silence would leave it aside for ever, and an apply would fail every night.
func TestSource_saysWhatKeepsASetOnItsWayOutFromComingBack(t *testing.T) {
	layout, _ := state.ParseLayout(state.DefaultLayout)
	const final = "Bart/2026-11-20-010000"
	for says, plant := range map[string]func(s *mem.Store){
		"not a regular file": func(s *mem.Store) {
			s.Plant(providers.File{Path: state.Aside(final, pruneRun) + "/x", Kind: providers.Link}, nil)
		},
		final + " exists again": func(s *mem.Store) { s.Plant(providers.File{Path: final + "/notes.txt"}, []byte("mine")) },
	} {
		store := mem.New(time.Now)
		store.Plant(providers.File{Path: state.Aside(final, pruneRun) + "/disk"}, []byte("bytes"))
		plant(store)
		inv := read.Source(t.Context(), store, config.Source{Name: "vmx", Layout: layout, Ignore: []string{"*.txt"}}, time.Now())
		if len(inv.Asides) != 1 || !strings.Contains(inv.Asides[0].Problem, says) {
			t.Errorf("got %+v, want %q", inv.Asides, says)
		}
	}
}
