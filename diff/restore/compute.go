package restore

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Input is what a plan is made from.
type Input struct {
	Addresses   []Address
	Include     []string // globs of files, as those of a source that ignore; none: all
	Holdings    []Holding
	To          string           // absolute
	Limits      providers.Limits // of names below To
	RequireSums bool
}

// Holding is what one place holds.
type Holding struct {
	Place
	Local  bool        // its root is a folder of this machine
	Sets   []state.Set // by VM and time, with the manifests of those that an address may name
	Trash  []state.Set // likewise, those in trash
	Proofs map[state.Key]state.Proof
	// Unproven is why some of what was proven is not in Proofs; nil if all is.
	Unproven error
	Err      error // why it could not be read; nil if it was
}

// Compute makes the plan of a restore, or returns all that is wrong with what was asked
// for, joined.
func Compute(in Input) (*Plan, error) {
	p := &Plan{To: in.To, RequireSums: in.RequireSums}
	var errs []error
	for _, a := range in.Addresses {
		_, err := in.keys(a)
		errs = append(errs, err)
	}
	for _, k := range in.Keys() {
		s, notes, err := in.set(k)
		if why, ok := errors.AsType[*notHeld](err); ok && !in.exactly(k) {
			p.Notes = append(p.Notes, fmt.Sprintf("%s is left out: %s.", why.address, why.why))
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		p.Sets, p.Notes = append(p.Sets, s), append(p.Notes, notes...)
	}
	if len(p.Sets) == 0 && len(errs) == len(in.Addresses) && errors.Join(errs...) == nil {
		errs = append(errs, fmt.Errorf("nothing can be restored: %s", strings.Join(p.Notes, " ")))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	p.Notes = append(p.Notes, in.doubts()...)
	p.Places = in.placesOf(p.Sets)
	return p, nil
}

// exactly reports whether an address names the set itself: by no glob, or by its age.
func (in Input) exactly(k state.Key) bool {
	return slices.ContainsFunc(in.Addresses, func(a Address) bool {
		return fits(a.VM, k.VM) && (a.newest() || a.When == string(k.Stamp) && a.VM == k.VM)
	})
}

// Keys are the sets that the addresses name, as far as they can be found, sorted.
func (in Input) Keys() (all []state.Key) {
	for _, a := range in.Addresses {
		keys, _ := in.keys(a)
		all = append(all, keys...)
	}
	slices.SortFunc(all, state.Key.Compare)
	return slices.Compact(all)
}

// placesOf are the places that hold one of the sets.
func (in Input) placesOf(sets []Set) (places []Place) {
	for _, h := range in.Holdings {
		if slices.ContainsFunc(sets, func(s Set) bool {
			return slices.ContainsFunc(s.Origins, func(o Origin) bool { return o.Place == h.Name })
		}) {
			places = append(places, h.Place)
		}
	}
	return places
}

// keys are the sets that an address names: of each VM the newest that fits, or all where it
// is a glob of times.
func (in Input) keys(a Address) ([]state.Key, error) {
	newest := map[string]state.Stamp{}
	var all []state.Key
	var unread []any
	for _, h := range in.Holdings {
		if !a.AtPlace(h.Name) {
			continue
		}
		if h.Err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", h.Name, h.Err))
			continue
		}
		for _, s := range h.named(a) {
			all = append(all, s.Key)
			if a.counts(h, s) {
				newest[s.VM] = max(newest[s.VM], s.Stamp)
			}
		}
	}
	if !a.newest() {
		return all, a.found(len(all), unread)
	}
	all = nil
	for vm, stamp := range newest {
		all = append(all, state.Key{VM: vm, Stamp: stamp})
	}
	return all, a.found(len(all), unread)
}

// newest reports whether the address names one set of each VM by its age.
func (a Address) newest() bool {
	return a.When == Latest || a.When == LatestVerified || strings.HasPrefix(a.When, "@")
}

// counts reports whether a set may be the newest that the address names.
func (a Address) counts(h Holding, s state.Set) bool {
	proven, _ := h.proven(s)
	return usable(s) && (a.When != LatestVerified || !proven.IsZero())
}

func (a Address) found(n int, unread []any) error {
	if n > 0 {
		return nil
	}
	what := "no set matches " + a.Text
	switch {
	case a.When == LatestVerified:
		what = "no set that matches " + a.Text + " is complete and was proven"
	case a.newest():
		what = "no complete set matches " + a.Text
	}
	if len(unread) > 0 {
		return fmt.Errorf("%s; not read: %w"+strings.Repeat("; %w", len(unread)-1), append([]any{what}, unread...)...)
	}
	return errors.New(what)
}

// named are the sets of a place that an address may name. Those in trash are named by their
// times alone.
func (h Holding) named(a Address) (sets []state.Set) {
	for _, s := range h.Sets {
		if a.Names(h.Name, s.Key) {
			sets = append(sets, s)
		}
	}
	for _, s := range h.Trash {
		if !a.newest() && a.Names(h.Name, s.Key) {
			sets = append(sets, s)
		}
	}
	return sets
}

// usable reports whether a set is whole by its manifest.
func usable(s state.Set) bool {
	return s.State == state.Complete && s.Manifest != nil && s.Manifest.Key == s.Key
}

// readable reports whether files of a set can be restored: its manifest is its own, though
// it may not fit its files.
func readable(s state.Set) bool {
	return s.Manifest != nil && s.Manifest.Key == s.Key && (s.State == state.Complete || s.State == state.Damaged)
}
