package task

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// Findings are the copies of sets that were found damaged: they justify no delete. The
// zero value is ready to use, also by several steps at once.
type Findings struct {
	mu sync.Mutex
	at map[string]known.Finding // by address
	n  int                      // how many were added
}

// Add adds a finding of the set with that address, and replaces an older one.
func (f *Findings) Add(address string, found known.Finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at == nil {
		f.at = map[string]known.Finding{}
	}
	f.at[address] = found
	f.n++
}

// Added is how many findings were added so far.
func (f *Findings) Added() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

// At are the findings of a place, in no order.
func (f *Findings) At(place string) (all []known.Finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for address, found := range f.at {
		if name, _, err := state.SplitAddress(address); err == nil && name == place {
			all = append(all, found)
		}
	}
	return all
}

// Justifies returns an error unless a complete set at a place was made by a configuration
// whose sets count there, and was not found damaged.
func (e Env) Justifies(p diff.Place, s state.Set) error {
	m := s.Manifest
	if m == nil {
		return nil
	}
	if m.Owner != "" && m.Owner != e.Owner && !slices.Contains(p.Former, m.Owner) {
		return fmt.Errorf("it belongs to the configuration %q", m.Owner)
	}
	address := state.Address(p.Name, s.Key)
	found, known := e.Findings.of(address)
	if !known || m.Identity() != found.Manifest {
		return nil
	}
	return providers.WithHint(fmt.Errorf("%w: %s", ErrDamaged, state.FoundText(found)), DamagedHint(p, address))
}

func (f *Findings) of(address string) (known.Finding, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found, ok := f.at[address]
	return found, ok
}

// ErrDamaged: the bytes of a copy at a destination do not match its manifest.
var ErrDamaged = errors.New("the copy is damaged")

// DamagedError is the error of a step that has read a copy which does not match what was
// sent.
type DamagedError struct {
	Copy Destination // that holds the copy
	Key  state.Key
	Was  string // the identity of the manifest of the copy
	File string // from the folder of the set
	Why  string
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s: %v: %s", e.File, ErrDamaged, e.Why) }

// Unwrap marks the copy as damaged.
func (e *DamagedError) Unwrap() error { return ErrDamaged }

// DamagedHint is the hint for the damaged copy at an address: where a set cannot be
// moved to trash, it is deleted first.
func DamagedHint(p diff.Place, address string) string {
	mend := "The next plan sends the set again."
	if p.Publish == config.InPlace {
		mend = fmt.Sprintf("To delete it, so that it is sent again: vmxsync plan -destroy -target=%s -out=plan.out.", flags.Quoted(address))
	}
	return "The local set is kept, and the damaged copy is not counted. " + mend + " Check the disk and the memory of the destination."
}
