package read_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// One file with a time that no format can hold stops its set, and no other VM.
func TestSource_timeThatCannotBeRecorded(t *testing.T) {
	layout, _ := state.ParseLayout(state.DefaultLayout)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, year := range []int{-3, 0, 10_000, 40_000} {
		store := mem.New(func() time.Time { return now.AddDate(0, 0, -1) })
		for _, vm := range []string{"Bart", "Lisa"} {
			store.Plant(providers.File{Path: vm + "/2026-11-20-010000/disk"}, []byte("x"))
		}
		store.Plant(providers.File{Path: "Bart/2026-11-20-010000/vm.vmx", ModTime: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}, []byte("x"))
		inv := read.Source(t.Context(), store, config.Source{Name: "vms", Layout: layout, Settle: time.Minute}, now)
		if _, err := json.Marshal(inv); err != nil {
			t.Errorf("year %d: the inventory cannot be written: %v", year, err)
		}
		bart, lisa := inv.Sets[0], inv.Sets[1]
		if bart.State != state.NotReady || !strings.Contains(bart.Problem, "vm.vmx") || lisa.State != state.Complete {
			t.Errorf("year %d: Bart is %s (%s), Lisa %s", year, bart.State, bart.Problem, lisa.State)
		}
		there := read.Destination(t.Context(), store, config.Destination{Name: "nas", Layout: layout, WorkDir: ".vmxsync"})
		if _, err := json.Marshal(there); err != nil || len(there.Sets) != 2 {
			t.Errorf("year %d: as a destination: %v, %d sets", year, err, len(there.Sets))
		}
	}
}
