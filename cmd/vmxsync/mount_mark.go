package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// For each root that a configuration has used, the state directory keeps a mark and a
// copy of the record of complete sets. If the root no longer has an owner, most likely
// a disk is not mounted or the server is another one, and nothing must be sent there.

// mountMark is the path of the file that records that this place was used.
func (p *process) mountMark(location string) (string, error) {
	dir, err := p.stateDir()
	return filepath.Join(dir, "places", checksum([]byte(location))[:32]), err
}

// recordPath is the path of the copy of the record of this place.
func (p *process) recordPath(location string) (string, error) {
	path, err := p.mountMark(location)
	return path + ".known", err
}

// rememberPlaces marks the destinations of a plan that was applied, and keeps copies of the
// records that were written there. If that fails, the apply does not fail.
func (p *process) rememberPlaces(plan *diff.Plan, stores map[string]providers.Store, records map[string]*known.Record) {
	for _, place := range plan.Places {
		if place.Role != diff.DestinationRole || stores[place.Name] == nil || place.Unreachable != "" || place.Owner == "" && !place.Own {
			continue
		}
		if err := p.rememberPlace(place.Location, records[place.Name]); err != nil {
			p.ui.warn("State directory not writable", fmt.Sprintf("The use of %s could not be recorded: %v.", place.Name, err))
		}
	}
}

// recordedAt keeps a copy of a record that an apply wrote before its end.
func (p *process) recordedAt(place diff.Place, record *known.Record) {
	_ = p.rememberPlace(place.Location, record) // rememberPlaces reports it at the end of the apply
}

func (p *process) rememberPlace(location string, record *known.Record) error {
	path, err := p.mountMark(location)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(location+"\n"), 0o600); err != nil || record == nil {
		return err
	}
	data, err := record.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path+".known")
}

// refreshRecords updates the time in the local copies of records that still match the
// destination.
func (p *process) refreshRecords(plan *diff.Plan, w *world) {
	same := map[string]*known.Record{}
	for _, place := range plan.Places {
		if inv := w.inventories[place.Name]; place.Known == nil && inv.Err == nil && inv.Known != nil {
			same[place.Name] = inv.Known.Clone()
			same[place.Name].At = plan.Now
		}
	}
	if len(same) > 0 {
		p.rememberPlaces(plan, w.stores, same)
	}
}

// localRecord is the local copy of the record of a place; nil if there is none.
func (p *process) localRecord(location string) (*known.Record, error) {
	path, err := p.recordPath(location)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return known.Decode(data)
}

// checkAgainstRecord adds to an inventory what is recorded of the place. It refuses a root that
// was used before and has no owner now, or that belongs to another destination.
func (p *process) checkAgainstRecord(ctx context.Context, spec *state.Spec, d state.Destination, store providers.Store, inv *state.Inventory) {
	local, torn := p.localRecord(d.Settings.Place())
	if inv.Err = p.mounted(d, store, *inv, local); inv.Err != nil {
		return
	}
	there := cmp.Or(inv.Known, local) // this machine knows, too, which destination was at this location
	if other, swapped := swappedWith(spec, d, there); swapped {
		if !p.takeOver {
			inv.Err = hinted(fmt.Errorf("%s holds sets that were uploaded to %q (%s on %s): are the shares of two destinations swapped, or is one mounted twice?",
				d.Name, other, counted(there.Held(), "set"), there.At.UTC().Format(time.DateOnly)),
				"Nothing is uploaded to it or deleted there meanwhile. Compare host, root and mount with the configuration. If the destinations have swapped their names on purpose: vmxsync plan -take-over -out=plan.out")
			return
		}
		local, torn = nil, nil // they are of the root that was here before
	}
	if other, swapped := swappedWith(spec, d, local); swapped {
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
	inv.ReadFindings(ctx, store)
	inv.AskByName(ctx, store, d.Layout)
}

// swappedWith returns the other destination of the configuration whose record is at
// this one. A record with a name that the configuration does not have proves nothing:
// the destination was renamed.
func swappedWith(spec *state.Spec, d state.Destination, there *known.Record) (other string, swapped bool) {
	if there == nil || there.Place == "" || there.Place == d.Name || there.Name != spec.Name {
		return "", false
	}
	_, swapped = spec.Destination(there.Place)
	return there.Place, swapped
}

// mounted refuses a root that was used before and has no owner now.
func (p *process) mounted(d state.Destination, store providers.Store, inv state.Inventory, record *known.Record) error {
	if inv.Err != nil || inv.Owner != "" || len(inv.Neighbours) > 0 || p.takeOver {
		return inv.Err
	}
	path, err := p.mountMark(d.Settings.Place())
	if errors.Is(err, errNoStateDir) {
		return nil // nothing was remembered; an apply, which needs the directory, reports it
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return hinted(fmt.Errorf("state directory: %w", err), stateDirHint)
	}
	if folder, local := providers.As[providers.Folder](store); local {
		err := fmt.Errorf("%s was used before and has no %s/owner now: is the disk mounted?", d.Settings.Place(), d.WorkDir)
		if len(inv.Sets)+len(inv.Foreign) == 0 && !isMountPoint(folder.Folder()) { // nothing is there, and no disk
			err = reworded{err.Error(), fs.ErrNotExist}
		}
		return hinted(err,
			"Mount it. If it was emptied on purpose: vmxsync plan -take-over -out=plan.out")
	}
	also, certificates := certificateChange(store, record)
	return hinted(fmt.Errorf("%s was used before%s and %s%s: another server, a wiped one, or a wrong share?", d.Name, recordedSets(record), currentSets(d, inv), also),
		"Nothing is uploaded to it or deleted there meanwhile. Check the server, and compare host, user and root with the configuration. If it was emptied or replaced on purpose: vmxsync plan -take-over -out=plan.out."+certificates)
}

// recordedSets is " (51 sets on 2026-11-28)" if there is a record, else "".
func recordedSets(r *known.Record) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf(" (%s on %s)", counted(r.Held(), "set"), r.At.UTC().Format(time.DateOnly))
}

func currentSets(d state.Destination, inv state.Inventory) string {
	if len(inv.Sets) == 0 {
		return "is empty now"
	}
	return "has no " + d.WorkDir + "/owner now"
}

// certificateChange returns a part of an error and of its hint, if the certificate of the
// server has changed too; "" if the server showed the recorded key, or no certificate.
func certificateChange(store providers.Store, r *known.Record) (also, certificates string) {
	now, _ := state.ServerOf(store)
	if now.ChangeFrom(r) != known.Replaced {
		return "", ""
	}
	return ", and its TLS certificate has another key", fmt.Sprintf(" Certificate now: %s. Before: %s.", now, r.Server)
}
