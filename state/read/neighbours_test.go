package read_test

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// A work folder is known by what it holds, at a root of any layout.
func TestDestination_findsOtherWorkFolders(t *testing.T) {
	for _, text := range []string{state.DefaultLayout, "backup-{vm}/%Y-%m-%d-%H%M%S", "{vm}_%Y-%m-%d"} {
		layout, err := state.ParseLayout(text)
		if err != nil {
			t.Fatal(err)
		}
		store := mem.New(nil)
		plant := func(p, content string) { store.Plant(providers.File{Path: p}, []byte(content)) }
		plant(".vmxsync/owner", "office\n")
		plant(".other/owner", "beta\n")
		plant(".other/staging/x", "")
		plant("plain/owner.new", "gamma\n")
		plant("plain/lock/held/x", "")
		plant("Bart/owner", "no work folder: nothing else of one is in it")
		plant("empty/owner", "")
		plant("empty/trash/x", "")
		inv := read.Destination(t.Context(), store, config.Destination{Name: "nas", Layout: layout, WorkDir: ".vmxsync"})
		if inv.Err != nil {
			t.Fatal(inv.Err)
		}
		want := []string{"{.other beta}", "{empty ?}", "{plain gamma}"}
		var got []string
		for _, n := range inv.Neighbours {
			got = append(got, fmt.Sprint(n))
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

// The reading of a root without other folders costs one command for them all.
func TestDestination_neighboursCostNoListing(t *testing.T) {
	layout, _ := state.ParseLayout(state.DefaultLayout)
	store := mem.New(nil)
	store.Plant(providers.File{Path: ".vmxsync/owner"}, []byte("office\n"))
	for i := range 20 {
		store.Plant(providers.File{Path: fmt.Sprintf("vm%d/2026-11-20-010000/a", i)}, []byte("x"))
	}
	counted := &counting{Store: store}
	read.Destination(t.Context(), counted, config.Destination{Name: "nas", Layout: layout, WorkDir: ".vmxsync"})
	const root, vms, sets, work, stat, owner, former, record = 1, 20, 20, 2, 1, 1, 1, 2
	if want := root + vms + sets + work + stat + owner + former + record; counted.calls != want {
		t.Errorf("%d calls, want %d", counted.calls, want)
	}
}

func TestManifest_namesItsOwner(t *testing.T) {
	m := state.Manifest{Key: state.Key{VM: "Bart", Stamp: "2026-11-20-010000"}, Run: "r", Owner: "head office\n# end 0", Files: []state.ManifestFile{
		{Path: "a", Size: 1, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	}}
	read, err := state.ParseManifest(m.Encode())
	if err != nil || read.Owner != "head office_# end 0" {
		t.Errorf("got %+v, %v", read, err)
	}
}

// counting counts the calls to a store.
type counting struct {
	*mem.Store
	calls int
	mu    sync.Mutex
}

func (c *counting) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
}

func (c *counting) List(ctx context.Context, dir string) ([]providers.File, error) {
	c.count()
	return c.Store.List(ctx, dir)
}

func (c *counting) Stat(ctx context.Context, p string) (providers.File, error) {
	c.count()
	return c.Store.Stat(ctx, p)
}

func (c *counting) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	c.count()
	return c.Store.Open(ctx, p, offset)
}

// Times are remarks: old manifests have none, old versions skip them.
func TestManifest_times(t *testing.T) {
	at := time.Date(2026, 11, 20, 1, 0, 0, 5e8, time.UTC)
	m := state.Manifest{Key: state.Key{VM: "Bart", Stamp: "2026-11-20-010000"}, Files: []state.ManifestFile{
		{Path: "a file", Size: 1, MTime: at, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		{Path: "b", Size: 1, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	}}
	read, err := state.ParseManifest(m.Encode())
	if err != nil || !reflect.DeepEqual(read.Files, m.Files) {
		t.Errorf("got %+v, %v", read, err)
	}
}
