package read_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// What cannot be read of a ledger is not the same as what was never proven, whether it is
// the list of what was proven or the record of one set.
func TestProofs_whatCannotBeReadIsReported(t *testing.T) {
	const work = state.WorkDir(".vmxsync")
	good, torn := state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}, state.Key{VM: "Lisa", Stamp: "2026-11-21-010000"}
	manifest := func(k state.Key) *state.Manifest {
		return &state.Manifest{Key: k, Run: "r", Files: []state.ManifestFile{{Path: "a", Size: 1, SHA256: "ab"}}}
	}
	store := mem.New(time.Now)
	proof := state.Proof{Key: good, Manifest: manifest(good).Identity()}.
		With(state.FileProof{Path: "a", Size: 1, SHA256: "ab", At: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Level: state.ReadProof})
	put := func(k state.Key, content []byte) {
		t.Helper()
		if err := store.Put(t.Context(), work.Proof(k), text(content)); err != nil {
			t.Fatal(err)
		}
	}
	put(good, proof.Encode())
	put(torn, proof.Encode()[:30])
	inventory := func() state.Inventory {
		return state.Inventory{Place: "nas", Sets: []state.Set{{Key: good, Manifest: manifest(good)}, {Key: torn, Manifest: manifest(torn)}, {Key: state.Key{VM: "Ned", Stamp: "2026-11-21-010000"}}}}
	}
	inv := inventory()
	err := read.Proven(t.Context(), store, work, &inv)
	if err == nil || !strings.Contains(err.Error(), "1 set, Lisa/2026-11-21-010000 first") {
		t.Errorf("got %v", err)
	}
	if a, b := inv.Sets[0].Proven.String(), inv.Sets[1].Proven.String(); a != "read 2026-11-22" || b != "unknown" || inv.Sets[2].Proven != nil {
		t.Errorf("got %s, %s and %v", a, b, inv.Sets[2].Proven)
	}

	away := errors.New("550 no")
	inv = inventory()
	set := faults.New(faults.FailAlways(faults.On(work.Verified(), "list"), away))
	err = read.Proven(t.Context(), faults.Wrap(store, set), work, &inv)
	if !errors.Is(err, away) || !strings.Contains(inv.Sets[0].Proven.Problem, away.Error()) || set.AllHit() != nil {
		t.Errorf("got %v, %+v", err, inv.Sets[0].Proven)
	}
}
