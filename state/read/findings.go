package read

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Findings marks the sets as damaged that were found so when they were read back.
// It reads the manifests of these sets, and of no others. Without the record a set
// is judged by what can be seen.
func Findings(ctx context.Context, store providers.Store, inv *state.Inventory) {
	if inv.Err != nil || inv.Known == nil {
		return
	}
	var suspects []state.Set
	for _, f := range inv.Known.Findings {
		if s, there := inv.Find(state.KeyOf(f.Key)); there && s.State == state.Complete && s.Marked {
			suspects = append(suspects, s)
		}
	}
	for _, s := range Manifests(ctx, store, suspects) {
		inv.Put(s)
	}
	inv.MarkFound(inv.Known.Findings)
}
