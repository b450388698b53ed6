package read_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// recordOf has sets of VMs, as "web01/2026-11-20-010000".
func recordOf(sets ...string) *known.Record {
	r := &known.Record{Name: "office", Seq: 3}
	for _, s := range sets {
		vm, at, _ := strings.Cut(s, "/")
		r.Put(known.Set{Key: known.Key{VM: vm, Time: at}, Files: 1, Bytes: 1})
	}
	return r
}

func plantRecord(t *testing.T, store *mem.Store, p string, r *known.Record) {
	t.Helper()
	data, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	store.Plant(providers.File{Path: p}, data)
}

func vanishedOf(inv state.Inventory) (names []string) {
	for _, s := range inv.Vanished(inv.Known) {
		names = append(names, state.KeyOf(s.Key).String())
	}
	return names
}

// Absent is not vanished where a delete of ours, or what nobody knows, explains it.
func TestVanished_isWhatNothingExplains(t *testing.T) {
	layout, _ := state.ParseLayout(state.DefaultLayout)
	d := config.Destination{Name: "nas", Layout: layout, WorkDir: ".vmxsync"}
	work := state.WorkDir(".vmxsync")
	k := state.Key{VM: "web01", Stamp: "2026-11-20-010000"}
	for name, c := range map[string]struct {
		plant func(*mem.Store)
		want  []string
	}{
		"nothing":  {func(*mem.Store) {}, []string{k.String()}},
		"there":    {func(s *mem.Store) { s.Plant(providers.File{Path: k.String() + "/a"}, []byte("x")) }, nil},
		"in trash": {func(s *mem.Store) { s.Plant(providers.File{Path: work.Deleted(k, "r") + "/a"}, []byte("x")) }, nil},
		"staged":   {func(s *mem.Store) { s.Plant(providers.File{Path: work.StagedSet(k) + "/a"}, []byte("x")) }, nil},
		"about to be deleted": {func(s *mem.Store) {
			s.Plant(providers.File{Path: work.Going()}, known.EncodeKeys([]known.Key{k.AsRecorded()}))
		}, nil},
		"another was": {func(s *mem.Store) {
			s.Plant(providers.File{Path: work.Going()}, known.EncodeKeys([]known.Key{{VM: "web02", Time: "2026-11-20-010000"}}))
		}, []string{k.String()}},
	} {
		t.Run(name, func(t *testing.T) {
			store := mem.New(nil)
			store.Plant(providers.File{Path: work.Owner()}, []byte("office\n"))
			plantRecord(t, store, work.Known(), recordOf(k.String()))
			c.plant(store)
			inv := read.Destination(t.Context(), store, d)
			if inv.Err != nil || inv.KnownProblem != "" {
				t.Fatal(inv.Err, inv.KnownProblem)
			}
			if got := vanishedOf(inv); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// A record between its two names is read; one that is torn is a problem, and no loss.
func TestDestination_readsTheRecordWhateverDied(t *testing.T) {
	layout, _ := state.ParseLayout(state.DefaultLayout)
	d := config.Destination{Name: "nas", Layout: layout, WorkDir: ".vmxsync"}
	work := state.WorkDir(".vmxsync")
	store := mem.New(nil)
	store.Plant(providers.File{Path: work.Owner()}, []byte("office\n"))
	plantRecord(t, store, work.NextKnown(), recordOf("web01/2026-11-20-010000"))
	if inv := read.Destination(t.Context(), store, d); inv.Known == nil || !inv.KnownPending || inv.KnownProblem != "" {
		t.Errorf("got %+v", inv)
	}
	store.Plant(providers.File{Path: work.Known()}, []byte("vmxsync.known/1 torn"))
	inv := read.Destination(t.Context(), store, d)
	if inv.Err != nil || inv.Known != nil || !strings.Contains(inv.KnownProblem, "torn") || len(vanishedOf(inv)) > 0 {
		t.Errorf("got %+v", inv)
	}
}

// hiding is a store whose listings lack some names.
type hiding struct {
	providers.Store
	hidden map[string]bool
	stats  int
	fail   error
}

func (h *hiding) List(ctx context.Context, dir string) ([]providers.File, error) {
	files, err := h.Store.List(ctx, dir)
	return slices.DeleteFunc(files, func(f providers.File) bool { return h.hidden[f.Path] }), err
}

func (h *hiding) Stat(ctx context.Context, p string) (providers.File, error) {
	if p != "." {
		h.stats++
		if h.fail != nil {
			return providers.File{}, h.fail
		}
	}
	return h.Store.Stat(ctx, p)
}

// What a cut listing lacks is not believed to be gone, and nothing is deleted for
// it; at most a few sets are asked for.
func TestAskByName_doesNotBelieveACutListing(t *testing.T) {
	layout, _ := state.ParseLayout(state.DefaultLayout)
	d := config.Destination{Name: "nas", Layout: layout, WorkDir: ".vmxsync"}
	inner := mem.New(nil)
	inner.Plant(providers.File{Path: ".vmxsync/owner"}, []byte("office\n"))
	h := &hiding{Store: inner, hidden: map[string]bool{}}
	var all []string
	for i := range 30 {
		k := fmt.Sprintf("web%02d/2026-11-20-010000", i)
		inner.Plant(providers.File{Path: k + "/a"}, []byte("x"))
		all = append(all, k)
		h.hidden[fmt.Sprintf("web%02d", i)] = i > 10
	}
	plantRecord(t, inner, ".vmxsync/known", recordOf(all...))
	read := func() state.Inventory {
		inv := read.Destination(t.Context(), h, d)
		h.stats = 0
		read.AskByName(t.Context(), h, layout, &inv)
		return inv
	}
	inv := read()
	if h.stats == 0 || h.stats > 6 {
		t.Errorf("%d sets were asked for, want 1 to 6", h.stats)
	}
	if got := vanishedOf(inv); len(got) > 0 || len(inv.UnknownVMs) != 19 {
		t.Errorf("%v vanished, and %d VMs are unknown, want none and 19", got, len(inv.UnknownVMs))
	}
	for p := range h.hidden {
		if h.hidden[p] {
			if err := inner.Remove(t.Context(), p+"/2026-11-20-010000/a"); err != nil {
				t.Fatal(err)
			}
			for _, dir := range []string{p + "/2026-11-20-010000", p} {
				if err := inner.Remove(t.Context(), dir); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if got := vanishedOf(read()); len(got) != 19 || h.stats > 6 {
		t.Errorf("%d vanished after %d questions, want 19 after 6", len(got), h.stats)
	}
	h.fail = providers.ErrListing // one that does not say is no proof either
	if inv := read(); len(vanishedOf(inv)) > 0 {
		t.Errorf("vanished without an answer: %v", vanishedOf(inv))
	}
}
