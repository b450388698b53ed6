package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/record"
	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// Verifiable are the sets of destinations that can be verified.
type Verifiable struct {
	Copies   []verify.Copy    // by destination, VM and time
	Missing  map[string]error // destinations, and VMs there, that cannot be read, by their addresses
	Vanished []verify.Set     // that are recorded, absent, and were not deleted
	Foreign  int              // sets without a manifest, which were not adopted
	Ledgers  []error          // why not all of them could be read, with the names of destinations
	stores   []providers.Store
}

// CloseAll closes the destinations.
func (v Verifiable) CloseAll() {
	for _, s := range v.stores {
		s.Close()
	}
}

// VerifiableAt is a place that is opened, of which no set is listed yet.
func VerifiableAt(store providers.Store) Verifiable {
	return Verifiable{stores: []providers.Store{store}}
}

// ToVerify reads the destinations of a configuration, with the manifests and the proofs of
// the sets that wanted names by their addresses. The caller closes them.
//
// mayName reports whether sets of a VM, "nas/web01", may be wanted: one whose sets are not
// known is Missing then.
func ToVerify(ctx context.Context, e *Env, c Config, wanted, mayName func(address string) bool) Verifiable {
	v := Verifiable{Missing: map[string]error{}}
	all := c.Spec.Destinations
	one := make([]Verifiable, len(all))
	errs := make([]error, len(all))
	parallel.All(ctx, len(all), len(all), func(i int) { one[i], errs[i] = e.toVerify(ctx, all[i], c, wanted, mayName) })
	for i, d := range all {
		v.Copies = append(v.Copies, one[i].Copies...)
		v.stores = append(v.stores, one[i].stores...)
		v.Foreign += one[i].Foreign
		v.Vanished = append(v.Vanished, one[i].Vanished...)
		v.Ledgers = append(v.Ledgers, one[i].Ledgers...)
		maps.Copy(v.Missing, one[i].Missing)
		if errs[i] != nil {
			v.Missing[d.Name] = errs[i]
		}
	}
	return v
}

func (e *Env) toVerify(ctx context.Context, d config.Destination, c Config, wanted, mayName func(string) bool) (v Verifiable, err error) {
	store, err := e.Open(ctx, d.Name, d.Type, d.Settings, c.Secrets)
	if err != nil {
		return v, err
	}
	v.stores = []providers.Store{store}
	inv := read.Destination(ctx, store, d)
	checkAgainstRecord(ctx, e, Reading{Config: c}, d, store, &inv)
	if inv.Err != nil {
		return v, inv.Err
	}
	v.Missing = unknown(inv, mayName)
	for _, s := range inv.Vanished(inv.Known) {
		if k := state.KeyOf(s.Key); wanted(state.Address(d.Name, k)) {
			v.Vanished = append(v.Vanished, verify.Set{Copy: verify.Copy{Place: d.Name, Set: state.Set{Key: k}}, Vanished: inv.Known.LastSeen(s)})
		}
	}
	var sets []state.Set
	for _, s := range inv.Sets {
		switch {
		case !wanted(state.Address(d.Name, s.Key)):
		case s.Marked || s.State == state.Damaged || s.State == state.Unknown:
			sets = append(sets, s)
		case s.State == state.Unmarked:
			v.Foreign++
		}
	}
	work := state.WorkDir(d.WorkDir)
	among := map[state.Key]bool{}
	for _, s := range sets {
		among[s.Key] = true
	}
	ledger := read.Proofs(ctx, store, work, func(k state.Key) bool { return among[k] })
	if err := ledger.Check(); err != nil {
		v.Ledgers = []error{failure.Hinted(fmt.Errorf("%s: %w", d.Name, err), "These sets count as not proven, and are read again.")}
	}
	for _, s := range read.Manifests(ctx, store, sets) {
		v.Copies = append(v.Copies, verify.Copy{Place: d.Name, Store: store, Set: s, Proof: ledger.Proofs[s.Key], Work: work})
	}
	return v, ctx.Err()
}

// unknown are the VMs of a place whose sets are not known, or not all of them.
func unknown(inv state.Inventory, mayName func(string) bool) map[string]error {
	missing := map[string]error{}
	for _, unread := range []map[string]string{inv.UnknownVMs, inv.NotWhole} {
		for vm, why := range unread {
			scope := inv.Place
			if vm != state.AnyVM {
				scope = state.Scope(inv.Place, vm)
			}
			if mayName(scope) {
				missing[scope] = errors.New(why)
			}
		}
	}
	return missing
}

// Recording is where the findings of a verification are recorded.
type Recording struct {
	Owner    string                // of the roots, as the configuration names it
	Places   map[string]diff.Place // the destinations, by name
	Patience time.Duration         // how long an apply is waited for that holds a lock
}

// RecordingOf is for the destinations of a configuration.
func RecordingOf(spec *config.Spec, patience time.Duration) Recording {
	r := Recording{Owner: spec.Name, Places: map[string]diff.Place{}, Patience: patience}
	for _, d := range spec.Destinations {
		r.Places[d.Name] = diff.Place{
			Name: d.Name, Role: diff.DestinationRole, Type: d.Type, Location: d.Settings.Place(),
			WorkDir: state.WorkDir(d.WorkDir), Layout: d.Layout, Publish: d.Publish, Owner: spec.Name,
		}
	}
	return r
}

// Findings records at their destinations which sets were found damaged, and which were
// found sound that were damaged before. An error names the destination; one whose record is
// held by an apply wraps lock.ErrHeld.
func (r Recording) Findings(ctx context.Context, e *Env, sets []verify.Set) error {
	var errs []error
	run := NewRunID(e.clock())
	for _, name := range slices.Sorted(maps.Keys(r.Places)) {
		place := r.Places[name]
		f := findingsAt(name, sets, run)
		if f.store == nil || len(f.found) == 0 && !f.heals(ctx, place.WorkDir) {
			continue
		}
		err := f.record(ctx, e, r, place, run)
		if _, named := errors.AsType[*lock.HeldError](err); err != nil && !named {
			err = fmt.Errorf("%s: %w", name, err)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// findings are what was found of the sets of one destination.
type findings struct {
	store providers.Store
	found []known.Finding
	sound []known.Key // read to their last byte
}

func findingsAt(place string, sets []verify.Set, run string) (f findings) {
	for _, s := range sets {
		c := s.Copy
		if c.Place != place || c.Set.Manifest == nil || s.Gone {
			continue
		}
		f.store = c.Store
		if bad, damaged := s.Damage(); damaged {
			f.found = append(f.found, known.NewFinding(c.Set.Key.AsRecorded(), c.Set.Manifest.Identity(), bad.Path, bad.Why, run, bad.At))
		}
		if s.Verdict() == verify.OK && len(s.Files) > 0 && !slices.ContainsFunc(s.Files, func(f verify.File) bool { return f.Level != verify.Read }) {
			f.sound = append(f.sound, c.Set.Key.AsRecorded())
		}
	}
	return f
}

// heals reports whether a set that was found damaged is sound now.
func (f findings) heals(ctx context.Context, work state.WorkDir) bool {
	if len(f.sound) == 0 {
		return false
	}
	last, _, err := read.Known(ctx, f.store, work)
	return err == nil && slices.ContainsFunc(f.sound, func(k known.Key) bool {
		_, was := last.Found(k)
		return was
	})
}

func (f findings) record(ctx context.Context, e *Env, r Recording, place diff.Place, run string) (err error) {
	if err := MakeState(e); err != nil {
		return err
	}
	machine, _ := e.State.Locks()
	held, err := machine.Take(ctx, lock.PlaceOf(place, f.store), lock.Options{Patience: r.Patience}) // as an apply does, so that each knows the other on this machine
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release(context.WithoutCancel(ctx))) }()
	return record.Found(ctx, f.store, place.WorkDir, r.Owner, run, held, f.found, f.sound)
}

// Unread are the errors of destinations that cannot be read, with their names.
func (v Verifiable) Unread() (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(v.Missing)) {
		errs = append(errs, fmt.Errorf("%s: %w", name, v.Missing[name]))
	}
	return errs
}
