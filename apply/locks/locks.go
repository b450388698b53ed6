package locks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// Locks are those of a run. A Machine of nil means that nobody else changes the places:
// then no lock is taken, and each counts as held.
type Locks struct {
	Machine  *lock.Machine
	Stores   map[string]providers.Store // of the places, by name
	Patience time.Duration              // how long to wait for a lock that is held
	Now      func() time.Time
	Tell     func(event.Event)

	held map[string]*lock.Lock // by destination
}

// Obstacles are what TakeAll found, by destination.
type Obstacles struct {
	Unlocked map[string]error // why it could not be locked
	Skewed   map[string]error // why its clock forbids deletes
}

// TakeAll takes the locks of those places. All runs take them in one order, so that no
// two wait for each other. Its error is that of ctx, or wraps lock.ErrHeld; a place that
// cannot be locked for another reason is an obstacle. lost is called when a lock is lost.
func (l *Locks) TakeAll(ctx context.Context, places []diff.Place, lost func(error)) (Obstacles, error) {
	l.held = map[string]*lock.Lock{}
	found := Obstacles{map[string]error{}, map[string]error{}}
	for _, p := range inOrder(places) {
		waiting := func(held *lock.HeldError) { l.Tell(event.Locked{Destination: p.Name, Err: held}) }
		taken, err := l.Machine.Take(ctx, l.placeOf(p), lock.Options{Patience: l.Patience, Waiting: waiting, Lost: lost})
		switch {
		case err == nil:
			l.held[p.Name] = taken
			skewed, err := l.compareClocks(ctx, p, taken)
			if err != nil {
				return found, err
			}
			if skewed != nil {
				found.Skewed[p.Name] = skewed
			}
		case errors.Is(err, lock.ErrHeld) || ctx.Err() != nil:
			return found, err
		default:
			found.Unlocked[p.Name] = fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return found, ctx.Err()
}

// Look is TakeAll for a run that changes nothing.
func (l *Locks) Look(ctx context.Context, places []diff.Place) error {
	for _, p := range inOrder(places) {
		if err := l.Machine.Look(ctx, l.placeOf(p)); errors.Is(err, lock.ErrHeld) || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

func inOrder(places []diff.Place) []diff.Place {
	return slices.SortedFunc(slices.Values(places), func(a, b diff.Place) int { return strings.Compare(a.Location, b.Location) })
}

func (l *Locks) placeOf(p diff.Place) lock.Place { return lock.PlaceOf(p, l.Stores[p.Name]) }

// compareClocks compares the time at which the destination stored the lock file with
// our clock. A destination that reports no time, or only the day, is not compared.
func (l *Locks) compareClocks(ctx context.Context, p diff.Place, taken *lock.Lock) (skewed, err error) {
	if l.Stores[p.Name].Traits().TimeStep >= preflight.SkewTold {
		return nil, nil
	}
	at, err := taken.Written(ctx)
	if err != nil {
		return nil, ctx.Err() // the lock is listed before every step
	}
	by, skewed := preflight.Skew(at, l.Now())
	if by != 0 {
		l.Tell(event.Skewed{Place: p.Name, By: by})
	}
	return skewed, nil
}

// ReleaseAll releases all locks, also after an interrupt.
func (l *Locks) ReleaseAll(ctx context.Context) {
	for name, taken := range l.held {
		if err := taken.Release(ctx); err != nil {
			l.Tell(event.Locked{Destination: name, Err: err})
		}
	}
	clear(l.held)
}

// Holds reports whether nobody else can change a destination.
func (l *Locks) Holds(place string) bool { return l.Machine == nil || l.held[place] != nil }

// Check proves that the lock of a destination which the run holds was not lost; the error
// wraps lock.ErrLost if it was.
func (l *Locks) Check(ctx context.Context, place string) error {
	if l.Machine == nil {
		return nil
	}
	return l.held[place].Check(ctx)
}

// Clock returns the time at a destination, as it dates its files; zero where that is not
// known, because the run has no lock there.
func (l *Locks) Clock(ctx context.Context, place string) (time.Time, error) {
	if l.held[place] == nil {
		return time.Time{}, nil
	}
	return l.held[place].Written(ctx)
}

// Borrow returns the lock of a destination, and takes it until release is called if the
// run does not hold it; nil if nobody else changes the place.
func (l *Locks) Borrow(ctx context.Context, p diff.Place) (held *lock.Lock, release func(), err error) {
	if l.Holds(p.Name) {
		return l.held[p.Name], func() {}, nil
	}
	held, err = l.Machine.Take(ctx, l.placeOf(p), lock.Options{Lost: func(error) {}})
	if err != nil {
		return nil, nil, err
	}
	return held, func() { held.Release(ctx) }, nil
}
