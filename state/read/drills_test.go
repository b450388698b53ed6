package read_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// recorded is a drill with a set of a VM, n minutes after a time.
func recorded(store *mem.Store, vm string, n int) state.Drill {
	began := time.Date(2026, 11, 22, 1, n, 0, 0, time.UTC)
	d := state.Drill{
		Key: state.Key{VM: vm, Stamp: "2026-11-21-010000"}, Run: strings.ToLower(began.Format("20060102T150405Z")) + "-0a1b",
		Name: "quarterly", Verdict: state.Passed, Began: began,
	}
	store.Plant(providers.File{Path: state.WorkDir(".vmxsync").Drill(d.Key, d.Run)}, d.Encode())
	return d
}

func TestDrills_readsTheNewestOfEachVM(t *testing.T) {
	store := mem.New(nil)
	for n := range 12 {
		recorded(store, "Bart", n)
	}
	last := recorded(store, "Lisa", 3)
	all, torn, err := read.Drills(t.Context(), store, ".vmxsync")
	if err != nil || len(torn) > 0 {
		t.Fatal(torn, err)
	}
	count := map[string]int{}
	for i, d := range all {
		count[d.VM]++
		if i > 0 && d.Began.Before(all[i-1].Began) {
			t.Errorf("%s is behind %s", d.Run, all[i-1].Run)
		}
	}
	if count["Bart"] != 8 || count["Lisa"] != 1 || all[len(all)-1].Began.Minute() != 11 || all[0].Run != last.Run {
		t.Errorf("got %v, from %s", count, all[0].Run)
	}
}

// A record that is torn, of another drill, or too long, proves nothing and hides nothing.
func TestDrills_namesRecordsThatCannotBeUsed(t *testing.T) {
	store := mem.New(nil)
	good := recorded(store, "Bart", 1)
	work := state.WorkDir(".vmxsync")
	at := func(n int) string {
		return work.Drill(good.Key, fmt.Sprintf("20261122t01%02d00z-0a1b", n))
	}
	store.Plant(providers.File{Path: at(2)}, good.Encode()[:80])
	store.Plant(providers.File{Path: at(3)}, good.Encode())
	store.Plant(providers.File{Path: at(4)}, make([]byte, state.MaxDrill+1))
	store.Plant(providers.File{Path: work.Drills() + "/notes.txt"}, []byte("mine"))
	all, torn, err := read.Drills(t.Context(), store, work)
	if err != nil || len(all) != 1 || all[0].Run != good.Run || len(torn) != 3 {
		t.Errorf("got %+v, torn %v, %v", all, torn, err)
	}
}

func TestDrills_noneYet(t *testing.T) {
	if all, torn, err := read.Drills(t.Context(), mem.New(nil), ".vmxsync"); len(all)+len(torn) > 0 || err != nil {
		t.Errorf("got %v, %v, %v", all, torn, err)
	}
}
