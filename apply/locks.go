package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/diff"
)

// locks are those of a run, at the destinations that it changes or counts on.
type locks struct {
	plan  *diff.Plan
	opts  Options
	tell  func(event.Event)
	stops *obstacles
	held  map[string]*lock.Lock // by destination
}

// takeAll takes the lock of every destination that the plan changes or counts
// on, unless it is away. All runs take them in one order, so that no two wait for
// each other. Before it writes into a root it proves whose that is.
func (l *locks) takeAll(ctx context.Context, js *jobs, lost func(error)) error {
	var stale []error
	for _, p := range l.lockable(js.all) {
		err := preflight.Enter(ctx, l.opts.Stores[p.Name], p, l.plan.Name)
		if errors.Is(err, ErrStale) && preflight.Touches(p, js.envs()) {
			stale = append(stale, err)
		} else if err != nil {
			l.stops.lost[p.Name] = err
		}
	}
	if err := errors.Join(stale...); err != nil {
		return err
	}
	for _, p := range l.lockable(js.all) {
		if err := l.take(ctx, p, lost); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// take notes a destination that cannot be locked for another reason than a held lock.
func (l *locks) take(ctx context.Context, p diff.Place, lost func(error)) error {
	waiting := func(held *lock.HeldError) { l.tell(event.Locked{Destination: p.Name, Err: held}) }
	taken, err := l.opts.Machine.Take(ctx, lock.PlaceOf(p, l.opts.Stores[p.Name]), lock.Options{Patience: l.opts.LockTimeout, Waiting: waiting, Lost: lost})
	switch {
	case err == nil:
		l.held[p.Name] = taken
		return l.compareClocks(ctx, p, taken)
	case errors.Is(err, lock.ErrHeld) || ctx.Err() != nil:
		return err
	default:
		l.stops.lost[p.Name] = fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// compareClocks compares the time at which the destination stored the lock file with
// our clock. A destination that reports no time, or only the day, is not compared.
func (l *locks) compareClocks(ctx context.Context, p diff.Place, taken *lock.Lock) error {
	if l.opts.Stores[p.Name].Traits().TimeStep >= preflight.SkewTold {
		return nil
	}
	at, err := taken.Written(ctx)
	if err != nil {
		return ctx.Err() // the lock is listed before every step
	}
	by, err := preflight.Skew(at, l.opts.Now())
	if by != 0 {
		l.tell(event.Skewed{Place: p.Name, By: by})
	}
	if err != nil {
		l.stops.skewed[p.Name] = err
	}
	return nil
}

// releaseAll releases all locks, also after an interrupt.
func (l *locks) releaseAll(ctx context.Context) {
	for name, taken := range l.held {
		if err := taken.Release(ctx); err != nil {
			l.tell(event.Locked{Destination: name, Err: err})
		}
	}
	clear(l.held)
}

// look is takeAll for a run that changes nothing.
func (l *locks) look(ctx context.Context, js *jobs) error {
	for _, p := range l.lockable(js.all) {
		if err := l.opts.Machine.Look(ctx, lock.PlaceOf(p, l.opts.Stores[p.Name])); errors.Is(err, lock.ErrHeld) || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// lockable are the destinations of jobs that are not away.
func (l *locks) lockable(all []*job) []diff.Place {
	if l.opts.Machine == nil {
		return nil
	}
	needed := map[string]bool{}
	for _, j := range all {
		for _, name := range j.destinations() {
			needed[name] = true
		}
	}
	var places []diff.Place
	for _, p := range l.plan.Places {
		if needed[p.Name] && l.stops.lost[p.Name] == nil && l.opts.Stores[p.Name] != nil {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, func(a, b diff.Place) int { return strings.Compare(a.Location, b.Location) })
	return places
}

// guard proves that the locks are held which a job needs. Its error is fatal if one was
// lost.
func (l *locks) guard(ctx context.Context, j *job) error {
	if l.opts.Machine == nil {
		return nil
	}
	for _, name := range j.destinations() {
		if l.held[name] == nil {
			return fmt.Errorf("%s could not be locked: %w", name, cmp.Or(l.stops.lost[name], l.opts.Missing[name], remote.ErrMissing))
		}
		err := l.held[name].Check(ctx)
		if errors.Is(err, lock.ErrLost) {
			return fatalError{err}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// holds reports whether nobody else can change a destination.
func (l *locks) holds(place string) bool { return l.opts.Machine == nil || l.held[place] != nil }

// borrow returns the lock of a destination, and takes it until release is called if the run
// does not hold it; nil if the caller of Run guarantees that nobody else
// changes the place.
func (l *locks) borrow(ctx context.Context, p diff.Place) (held *lock.Lock, release func(), err error) {
	if l.holds(p.Name) {
		return l.held[p.Name], func() {}, nil
	}
	held, err = l.opts.Machine.Take(ctx, lock.PlaceOf(p, l.opts.Stores[p.Name]), lock.Options{Lost: func(error) {}})
	if err != nil {
		return nil, nil, err
	}
	return held, func() { held.Release(ctx) }, nil
}
