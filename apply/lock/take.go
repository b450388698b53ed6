package lock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/grace"
)

// Lease is how long nothing of a holder has to move until it counts as dead.
const Lease = 90 * time.Second

const (
	beatEvery = 15 * time.Second // well within the lease, also where one is missed
	lookEvery = 5 * time.Second
)

// Options are how a lock is taken.
type Options struct {
	// Patience is how long to wait for a lock that is held. Less than a Lease
	// finds no other machine dead.
	Patience time.Duration
	// Waiting is called once with the process that is waited for; nil is fine.
	Waiting func(*HeldError)
	// Lost is called when a lock that was taken is lost, perhaps more than once,
	// by a Check or by the beat, which looks every 15 s; nil is fine.
	Lost func(error)
}

// Take takes the lock of a destination. A *HeldError names who still has it
// after the patience.
func (m *Machine) Take(ctx context.Context, p Place, o Options) (*Lock, error) {
	began := time.Now()
	file, err := m.takeFile(ctx, p, o)
	if err != nil {
		return nil, err
	}
	l := &Lock{place: p, file: file, self: file.self, onLoss: o.Lost}
	if l.onLoss == nil {
		l.onLoss = func(error) {}
	}
	a := attempt{Lock: l, options: o, began: began}
	if l.first, err = p.untouched(ctx); err == nil {
		err = a.run(ctx)
	}
	if errors.Is(err, ErrSpelling) {
		away, cancel := grace.Context(ctx)
		p.fold(away, true)
		cancel()
	}
	if err != nil {
		return nil, errors.Join(err, file.Release())
	}
	l.live(ctx)
	return l, nil
}

// takeFile waits only after it has reported that.
func (m *Machine) takeFile(ctx context.Context, p Place, o Options) (*File, error) {
	file, err := m.TakeFile(ctx, p.Name, p.Key, 0)
	held, isHeld := errors.AsType[*HeldError](err)
	if !isHeld || o.Patience <= 0 {
		return file, err
	}
	o.tell(held)
	return m.TakeFile(ctx, p.Name, p.Key, o.Patience)
}

func (o Options) tell(held *HeldError) {
	if o.Waiting != nil {
		o.Waiting(held)
	}
}

// attempt is one try to take the lock at the destination, over all its looks.
type attempt struct {
	*Lock
	options Options
	began   time.Time
	told    bool

	seen  string // at the last look
	since time.Time

	met   bool // others who came at the same time; all withdrew
	meets int
}

func (a *attempt) run(ctx context.Context) error {
	for {
		ours, others, err := a.enter(ctx)
		if err == nil && !ours && len(others) > 0 {
			ours, others, err = a.succeed(ctx, others)
		}
		if err != nil || ours {
			return err
		}
		if err := a.pause(ctx, others); err != nil {
			return err
		}
	}
}

// enter takes a lock that nobody has; else it returns who has it.
func (a *attempt) enter(ctx context.Context) (ours bool, others []Holder, err error) {
	made, err := a.place.make(ctx, a.first && a.meets == 0)
	if err != nil {
		return false, nil, err
	}
	others, err = a.place.names(ctx)
	if err != nil || len(others) > 0 {
		return false, others, err
	}
	if err := a.place.put(ctx, a.self); err != nil {
		return false, nil, errors.Join(err, a.withdraw(ctx))
	}
	a.written = time.Now()
	looks := 1
	if made {
		looks = withdrawals
	}
	return a.alone(ctx, looks)
}

// alone proves that no other name stands beside ours, or withdraws. Who has
// made the folder, or renamed a name, gives others the time to withdraw.
func (a *attempt) alone(ctx context.Context, looks int) (ours bool, others []Holder, err error) {
	others, err = a.check(ctx, looks)
	if err == nil {
		return true, nil, nil
	}
	if errors.Is(err, ErrLost) {
		if err := a.misspelt(ctx, others); err != nil {
			return false, nil, errors.Join(err, a.withdraw(ctx))
		}
		err = nil
	}
	a.met = true
	return false, others, errors.Join(err, a.withdraw(ctx))
}

// withdraw takes our name away, also after an interrupt.
func (a *attempt) withdraw(ctx context.Context) error {
	a.written = time.Time{}
	ctx, cancel := grace.Context(ctx)
	defer cancel()
	return a.place.remove(ctx, a.self)
}

// succeed takes over from those who are dead; else it returns who has the lock.
func (a *attempt) succeed(ctx context.Context, holders []Holder) (ours bool, others []Holder, err error) {
	dead, err := a.dead(ctx, holders)
	if err != nil || !dead {
		return false, holders, err
	}
	return a.takeOver(ctx, holders)
}

// dead reports whether none of the holders lives. Those of our own file lock do not: we
// have it.
func (a *attempt) dead(ctx context.Context, holders []Holder) (bool, error) {
	foreign := slices.ContainsFunc(holders, func(h Holder) bool { return !h.of(a.self) })
	if !foreign || a.options.Patience <= 0 {
		return !foreign, nil
	}
	seen, err := a.place.look(ctx, holders)
	if err != nil {
		return false, err
	}
	if seen != a.seen || a.since.IsZero() {
		a.seen, a.since = seen, time.Now()
	}
	return time.Since(a.since) >= Lease, nil
}

// takeOver makes the name of the last of the dead ours. All who try remove the
// others first, and find one winner at the last.
func (a *attempt) takeOver(ctx context.Context, dead []Holder) (ours bool, others []Holder, err error) {
	last := dead[len(dead)-1]
	for _, h := range dead[:len(dead)-1] {
		if err := a.place.remove(ctx, h); err != nil {
			return false, nil, err
		}
	}
	failed := a.place.Store.Rename(ctx, a.place.path(last), a.place.path(a.self))
	all, err := a.place.names(ctx)
	switch {
	case err != nil:
		return false, nil, errors.Join(failed, err)
	case has(all, last):
		return false, nil, fmt.Errorf("lock: the name of its dead holder %s cannot be renamed: %w", last.name, cmp.Or(failed, errNotRenamed))
	case !has(all, a.self):
		a.met = true // another was first
		return false, all, nil
	}
	a.overtaken = dead
	return a.alone(ctx, withdrawals)
}

var errNotRenamed = errors.New("the server acknowledged the rename, but the listing does not show it")

// pause passes the time until the next look, as far as patience goes. Who came
// at the same time as others tries again soon, whatever the patience.
func (a *attempt) pause(ctx context.Context, others []Holder) error {
	const meetings = 5
	if a.met && a.meets < meetings {
		a.met, a.meets = false, a.meets+1
		return providers.Sleep(ctx, 50*time.Millisecond+rand.N(200*time.Millisecond))
	}
	held := &HeldError{Destination: a.place.Name}
	if len(others) > 0 {
		held.Holder = others[0]
	}
	left := a.options.Patience - time.Since(a.began)
	if left <= 0 {
		return held
	}
	if !a.told {
		a.told = true
		a.options.tell(held)
	}
	return providers.Sleep(ctx, min(left, lookEvery))
}
