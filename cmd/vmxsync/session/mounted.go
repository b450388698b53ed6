package session

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
	"github.com/vmxsync/vmxsync/state/wording"
)

// If a root that was used before no longer has an owner, most likely a disk is not
// mounted or the server is another one, and nothing must be sent there.

// checkAgainstRecord adds to an inventory what is recorded of the place. It refuses a root that
// was used before and has no owner now, or that belongs to another destination.
func checkAgainstRecord(ctx context.Context, e *Env, r Reading, d config.Destination, store providers.Store, inv *state.Inventory) {
	local, torn := e.State.Record(d.Settings.Place())
	if inv.Err = Mounted(e, r.TakeOver, d, store, *inv, local); inv.Err != nil {
		return
	}
	there := cmp.Or(inv.Known, local) // this machine knows, too, which destination was at this location
	if other, swapped := swappedWith(r.Spec, d, there); swapped {
		if !r.TakeOver {
			inv.Err = failure.Hinted(fmt.Errorf("%s holds sets that were uploaded to %q (%s on %s): are the shares of two destinations swapped, or is one mounted twice?",
				d.Name, other, wording.Count(there.Held(), "set"), there.At.UTC().Format(time.DateOnly)),
				"Nothing is uploaded to it or deleted there meanwhile. Compare host, root and mount with the configuration. If the destinations have swapped their names on purpose: vmxsync plan -take-over -out=plan.out")
			return
		}
		local, torn = nil, nil // they are of the root that was here before
	}
	if other, swapped := swappedWith(r.Spec, d, local); swapped {
		local, torn = nil, fmt.Errorf("it is that of %q", other)
	}
	if inv.Owner == "" { // taken over: the old record no longer counts
		inv.Known = nil
		if local != nil {
			inv.Known = &known.Record{Name: local.Name, At: local.At, Seq: local.Seq}
		}
		return
	}
	switch {
	case inv.KnownProblem == "" && torn != nil:
		inv.KnownProblem = "the copy on this machine: " + torn.Error()
	case inv.KnownProblem == "" && inv.Known == nil && local != nil:
		inv.KnownProblem = "it is missing at the destination; the copy on this machine is used"
	}
	inv.Known = known.Newer(inv.Known, local)
	read.Findings(ctx, store, inv)
	read.AskByName(ctx, store, d.Layout, inv)
}

// swappedWith returns the other destination of the configuration whose record is at
// this one. A record with a name that the configuration does not have proves nothing:
// the destination was renamed.
func swappedWith(spec *config.Spec, d config.Destination, there *known.Record) (other string, swapped bool) {
	if there == nil || there.Place == "" || there.Place == d.Name || there.Name != spec.Name {
		return "", false
	}
	_, swapped = spec.Destination(there.Place)
	return there.Place, swapped
}

// Mounted refuses a root that was used before and has no owner now, unless it is to be
// taken over. record is the local copy of its record, if there is one.
func Mounted(e *Env, takeOver bool, d config.Destination, store providers.Store, inv state.Inventory, record *known.Record) error {
	if inv.Err != nil || inv.Owner != "" || len(inv.Neighbours) > 0 || takeOver {
		return inv.Err
	}
	used, err := e.State.Used(d.Settings.Place())
	if !used || err != nil {
		return err
	}
	if folder, local := providers.As[providers.Folder](store); local {
		err := fmt.Errorf("%s was used before and has no %s/owner now: is the disk mounted?", d.Settings.Place(), d.WorkDir)
		if len(inv.Sets)+len(inv.Foreign) == 0 && !isMountPoint(folder.Folder()) { // nothing is there, and no disk
			err = failure.Reworded(err.Error(), fs.ErrNotExist)
		}
		return failure.Hinted(err,
			"Mount it. If it was emptied on purpose: vmxsync plan -take-over -out=plan.out")
	}
	also, certificates := certificateChange(store, record)
	return failure.Hinted(fmt.Errorf("%s was used before%s and %s%s: another server, a wiped one, or a wrong share?", d.Name, recordedSets(record), currentSets(d, inv), also),
		"Nothing is uploaded to it or deleted there meanwhile. Check the server, and compare host, user and root with the configuration. If it was emptied or replaced on purpose: vmxsync plan -take-over -out=plan.out."+certificates)
}

// recordedSets is " (51 sets on 2026-11-28)" if there is a record, else "".
func recordedSets(r *known.Record) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf(" (%s on %s)", wording.Count(r.Held(), "set"), r.At.UTC().Format(time.DateOnly))
}

func currentSets(d config.Destination, inv state.Inventory) string {
	if len(inv.Sets) == 0 {
		return "is empty now"
	}
	return "has no " + d.WorkDir + "/owner now"
}

// certificateChange returns a part of an error and of its hint, if the certificate of the
// server has changed too; "" if the server showed the recorded key, or no certificate.
func certificateChange(store providers.Store, r *known.Record) (also, certificates string) {
	now, _ := read.ServerOf(store)
	if now.ChangeFrom(r) != known.Replaced {
		return "", ""
	}
	return ", and its TLS certificate has another key", fmt.Sprintf(" Certificate now: %s. Before: %s.", now, r.Server)
}
