package session

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// unlisted is a place that lists no folder any more.
type unlisted struct{ providers.Store }

func (unlisted) List(context.Context, string) ([]providers.File, error) {
	return nil, errors.New("450 try again")
}

// TestProveSent_copyWhoseTimesCannotBeRead: that it cannot be dated is no proof that its
// local set is the same.
func TestProveSent_copyWhoseTimesCannotBeRead(t *testing.T) {
	sent := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	k := state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}
	m := state.Manifest{Key: k, Run: "r", Verified: "size", NoSums: true, Files: []state.ManifestFile{{Path: "disk", Size: 1, MTime: sent}}}
	store := mem.New(nil)
	text := m.Encode()
	store.Plant(providers.File{Path: k.String() + "/" + state.ManifestName}, text)
	store.Plant(providers.File{Path: k.String() + "/disk"}, []byte("1"))
	copied := state.Set{Key: k, Path: k.String(), State: state.Complete, Marked: true, Files: []state.File{{Path: "disk", Size: 1}}}
	local := copied
	local.Files = []state.File{{Path: "disk", Size: 1, ModTime: sent.Add(time.Hour + time.Minute)}}
	w := &World{
		Stores:      map[string]providers.Store{"nas": unlisted{store}, "vms": mem.New(nil)},
		Inventories: map[string]state.Inventory{"nas": {Place: "nas", Sets: []state.Set{copied}}, "vms": {Place: "vms", Sets: []state.Set{local}}},
	}
	spec := &config.Spec{Sources: []config.Source{{Name: "vms"}}, Destinations: []config.Destination{{Name: "nas", Settings: ftp.NewSettings()}}}
	proveSent(t.Context(), &Env{State: statedir.At(t.TempDir())}, spec, w)
	is, _ := w.Inventories["nas"].Find(k)
	if is.Manifest == nil || !slices.Equal(is.Manifest.Rewritten(local.Files), []string{"disk"}) {
		t.Errorf("got %s (%s) with manifest %+v, want one that shows that the local set was rewritten", is.State, is.Problem, is.Manifest)
	}
}
