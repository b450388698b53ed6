package read_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// garbled is a store of which one folder has a line that is not understood.
type garbled struct {
	providers.Store
	dir string
}

func (g garbled) List(ctx context.Context, dir string) ([]providers.File, error) {
	files, err := g.Store.List(ctx, dir)
	if dir != g.dir || err != nil {
		return files, err
	}
	odd := fmt.Errorf("line \"what\": %w", providers.ErrListing)
	return nil, fmt.Errorf("list %s: %w", dir, &providers.PartialListing{Files: files, Lines: []string{"what"}, Err: odd})
}

// What is listed is there, and that something is missing is not concluded.
func TestDestination_lineThatIsNotUnderstood(t *testing.T) {
	store := place(t, "Bart/2026-11-21-010000/a=1", "Lisa/2026-11-21-010000/a=1", ".vmxsync/trash/x/a=1")
	for dir, vm := range map[string]string{".": state.AnyVM, "Bart": "Bart", ".vmxsync/trash": state.AnyVM} {
		inv := read.Destination(t.Context(), garbled{store, dir}, nas(t))
		if inv.Err != nil || len(inv.Sets) != 2 || inv.NotWhole[vm] == "" || len(inv.NotWhole) != 1 || len(inv.UnknownVMs) != 0 {
			t.Errorf("%s: %+v, want both sets, and %s not whole", dir, inv, vm)
		}
	}
	sets, err := read.Group(t.Context(), garbled{store, "Bart"}, nas(t).Layout, ".vmxsync", "Bart")
	if _, ok := errors.AsType[*read.NotWholeError](err); !ok || len(sets) != 1 {
		t.Errorf("group: got %v, %v; want its set, and that the listing is not whole", sets, err)
	}
}
