package lock

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// ErrNotHeld: nobody holds the lock.
var ErrNotHeld = errors.New("is not locked")

// Force takes the lock from the holder with that ID, whoever and wherever that
// is, and returns who it was. Another's lock stays as it is.
func Force(ctx context.Context, p Place, id string) (Holder, error) {
	all, err := p.names(ctx)
	if err != nil {
		return Holder{}, err
	}
	for _, h := range all {
		if h.ID == id {
			if err := p.remove(ctx, h); err != nil {
				return h, err
			}
			p.fold(ctx, false)
			return h, nil
		}
	}
	if len(all) == 0 {
		return Holder{}, fmt.Errorf("%s %w", p.Name, ErrNotHeld)
	}
	return Holder{}, notThat(p, id, all)
}

func notThat(p Place, id string, all []Holder) error {
	var who []string
	for _, h := range all {
		who = append(who, fmt.Sprintf("%s (%s)", h.ID, h.Who()))
	}
	return errors.New(providers.Escape(fmt.Sprintf("the lock of %s is not held by %s but by %s", p.Name, id, strings.Join(who, ", "))))
}

// Look tells by a *HeldError who holds the lock of a place. It changes nothing
// there, and a lock that Take would take over at once is none.
func (m *Machine) Look(ctx context.Context, p Place) error {
	all, err := p.names(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	file, err := m.TakeFile(ctx, p.Name, p.Key, 0)
	if err != nil {
		return err
	}
	for _, h := range all {
		if !h.of(file.self) {
			return errors.Join(&HeldError{Destination: p.Name, Holder: h}, file.Release())
		}
	}
	return file.Release()
}
