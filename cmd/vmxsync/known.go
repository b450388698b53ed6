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

// A root that a configuration has used keeps a mark in the state directory, and a
// copy of the record of what was complete there. Where the root has no owner any
// more, a disk is most likely not mounted, or the server is another one, and
// nothing is to be sent there.

// mark is the file that says that this place was used.
func (p *process) mark(location string) (string, error) {
	dir, err := p.stateDir()
	return filepath.Join(dir, "places", checksum([]byte(location))[:32]), err
}

// recordPath is the copy of the record of this place.
func (p *process) recordPath(location string) (string, error) {
	path, err := p.mark(location)
	return path + ".known", err
}

// remember marks the destinations of a plan that was applied, and keeps copies of the
// records that were left there. It is no failure of the apply if that cannot be written.
func (p *process) remember(plan *diff.Plan, stores map[string]providers.Store, records map[string]*known.Record) {
	for _, place := range plan.Places {
		if place.Role != diff.DestinationRole || stores[place.Name] == nil || place.Unreachable != "" || place.Owner == "" && len(place.Steps) == 0 {
			continue
		}
		if err := p.rememberPlace(place.Location, records[place.Name]); err != nil {
			p.voice.warn("State directory not writable", fmt.Sprintf("That %s was used cannot be remembered: %v.", place.Name, err))
		}
	}
}

// recordedAt keeps a copy of a record that an apply left before its end.
func (p *process) recordedAt(place diff.Place, record *known.Record) {
	_ = p.rememberPlace(place.Location, record) // remember says so at the end of the apply
}

func (p *process) rememberPlace(location string, record *known.Record) error {
	path, err := p.mark(location)
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

// seenAgain notes in the copies on this machine when what they say was last seen to be so.
func (p *process) seenAgain(plan *diff.Plan, w *world) {
	same := map[string]*known.Record{}
	for _, place := range plan.Places {
		if inv := w.inventories[place.Name]; place.Known == nil && inv.Err == nil && inv.Known != nil {
			same[place.Name] = inv.Known.Clone()
			same[place.Name].At = plan.Now
		}
	}
	if len(same) > 0 {
		p.remember(plan, w.stores, same)
	}
}

// localRecord is the copy of the record of a place; nil where there is none.
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

// recall puts into an inventory what is known of the place, and refuses a root
// that was used before and has no owner now, or is that of another destination.
func (p *process) recall(ctx context.Context, spec *state.Spec, d state.Destination, store providers.Store, inv *state.Inventory) {
	local, torn := p.localRecord(d.Settings.Place())
	if inv.Err = p.mounted(d, store, *inv, local); inv.Err != nil {
		return
	}
	there := cmp.Or(inv.Known, local) // this machine knows, too, which destination was at this location
	if other, swapped := swappedWith(spec, d, there); swapped {
		if !p.takeOver {
			inv.Err = hinted(fmt.Errorf("%s holds what was uploaded to %q (%s on %s): are the shares of two destinations swapped, or is one mounted twice?",
				d.Name, other, counted(there.Held(), "set"), there.At.UTC().Format(time.DateOnly)),
				"Nothing is uploaded to it or deleted there meanwhile. Compare host, root and mount with the configuration. If the destinations were given each other's names on purpose: vmxsync plan -take-over -out=plan.out")
			return
		}
		local, torn = nil, nil // of the root that was here before
	}
	if other, swapped := swappedWith(spec, d, local); swapped {
		local, torn = nil, fmt.Errorf("it is that of %q", other)
	}
	if inv.Owner == "" { // taken over: what was known is given up
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
		inv.KnownProblem = "it is gone from the destination; the copy on this machine is used"
	}
	inv.Known = known.Newer(inv.Known, local)
	inv.ReadFindings(ctx, store)
	inv.AskByName(ctx, store, d.Layout)
}

// swappedWith is the other destination of the configuration whose record lies at this
// one. A record of a name that the configuration does not have says nothing: the
// destination was renamed.
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
	path, err := p.mark(d.Settings.Place())
	if errors.Is(err, errNoStateDir) {
		return nil // nothing was remembered; an apply, which needs the directory, says so
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
			err = restated{err.Error(), fs.ErrNotExist}
		}
		return hinted(err,
			"Mount it. If it was emptied on purpose: vmxsync plan -take-over -out=plan.out")
	}
	also, certificates := certificateToo(store, record)
	return hinted(fmt.Errorf("%s was used before%s and %s%s: another server, a wiped one, or a wrong share?", d.Name, heldThen(record), holdsNow(d, inv), also),
		"Nothing is uploaded to it or deleted there meanwhile. Look at the server, and compare host, user and root with the configuration. If it was emptied or replaced on purpose: vmxsync plan -take-over -out=plan.out."+certificates)
}

// heldThen is " (51 sets on 2026-11-28)" where that is recorded.
func heldThen(r *known.Record) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf(" (%s on %s)", counted(r.Held(), "set"), r.At.UTC().Format(time.DateOnly))
}

func holdsNow(d state.Destination, inv state.Inventory) string {
	if len(inv.Sets) == 0 {
		return "is empty now"
	}
	return "has no " + d.WorkDir + "/owner now"
}

// certificateToo is part of an error, and of its hint, where not only what a root
// holds has changed; "" where the server showed the key that is recorded, or none.
func certificateToo(store providers.Store, r *known.Record) (also, certificates string) {
	now, _ := state.ServerOf(store)
	if now.ChangeFrom(r) != known.Replaced {
		return "", ""
	}
	return ", and its TLS certificate has another key", fmt.Sprintf(" Certificate now: %s. Before: %s.", now, r.Server)
}
