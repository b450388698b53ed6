package observe

import (
	"errors"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state/config"
)

// Observe brings together what a destination that was read, its staging and the sources
// hold, by VM. The notes are about names that cannot be used; each group has its own. An
// error names the VMs that two backups send there, and which have no group.
func Observe(w *World, d config.Destination, q Queue) ([]Group, []notice.Note, error) {
	var errs []error
	var groups []Group
	inv := w.Inventories[d.Name]
	work, owners := indexWork(inv), w.Owners(d.Name)
	vms, notes := vmsAt(w, d, inv)
	for _, vm := range vms {
		g, err := assign(w, d, vm)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		g.owners = owners
		gather(&g, inv, work)
		judge(&g, q)
		groups = append(groups, g)
	}
	findOverwritten(groups)
	for i := range groups {
		findSuspicious(&groups[i])
		groups[i].Room = findRoom(&groups[i])
	}
	return groups, notes, errors.Join(errs...)
}
