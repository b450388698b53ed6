package state

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
)

// ReadFindings marks the sets as damaged that were found so when they were read back.
// It reads the manifests of these sets, and of no others. Without the record a set
// is judged by what can be seen.
func ReadFindings(ctx context.Context, store providers.Store, inv *Inventory) {
	if inv.Err != nil || inv.Known == nil {
		return
	}
	var suspects []Set
	for _, f := range inv.Known.Findings {
		if s, there := inv.Find(KeyOf(f.Key)); there && s.State == Complete && s.Marked {
			suspects = append(suspects, s)
		}
	}
	for _, s := range ReadManifests(ctx, store, suspects) {
		inv.Put(s)
	}
	inv.MarkFound(inv.Known.Findings)
}
