package lock

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/grace"
)

// Lock is the lock of a destination that is held. Its methods may be called
// concurrently, Release once.
type Lock struct {
	place     Place
	file      *File
	self      Holder
	first     bool      // nobody had worked there before
	overtaken []Holder  // the dead, one of whom may come back
	written   time.Time // when its name was written, as it was taken; zero: it was renamed

	onLoss func(error)

	stop func() // ends the beat

	mu   sync.Mutex
	lost error
}

// Holder is who holds it: this process.
func (l *Lock) Holder() Holder { return l.self }

// Check lists the lock. An error that wraps ErrLost means that it is no longer
// ours, and stays; after any other it is not known.
func (l *Lock) Check(ctx context.Context) error {
	if err := l.verdict(nil); err != nil {
		return err
	}
	others, err := l.check(ctx, withdrawals)
	if !errors.Is(err, ErrLost) {
		return err
	}
	err = l.verdict(err)
	l.onLoss(err)
	return errors.Join(err, l.giveUp(ctx, others))
}

// verdict is that the lock was lost, once that was found.
func (l *Lock) verdict(found error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost == nil {
		l.lost = found
	}
	return l.lost
}

// A name beside ours may be that of somebody who is about to withdraw.
const (
	withdrawals    = 10
	withdrawsAfter = 500 * time.Millisecond
)

// check looks until our name stands alone, so many times at most. It returns
// who has it instead of us, or beside us.
func (l *Lock) check(ctx context.Context, looks int) (others []Holder, err error) {
	for look := 1; ; look++ {
		all, err := l.place.names(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.place.Name, err)
		}
		others, err = l.bury(ctx, without(all, l.self))
		switch {
		case err != nil:
			return nil, err
		case !has(all, l.self) || len(others) > 0 && look == looks:
			return others, &lostError{l.place.Name, others}
		case len(others) == 0:
			return nil, nil
		}
		if err := providers.Sleep(ctx, withdrawsAfter); err != nil {
			return nil, err
		}
	}
}

// bury removes the names of those who were overtaken: one that was paused, and
// not dead, may have written its name once more.
func (l *Lock) bury(ctx context.Context, others []Holder) ([]Holder, error) {
	for _, h := range l.overtaken {
		if !has(others, h) {
			continue
		}
		if err := l.place.remove(ctx, h); err != nil {
			return nil, err
		}
		others = without(others, h)
	}
	return others, nil
}

// giveUp takes our name away from beside that of the new holder.
func (l *Lock) giveUp(ctx context.Context, others []Holder) error {
	if len(others) == 0 {
		return nil
	}
	return l.place.remove(ctx, l.self)
}

// Release gives the lock back. Its error reports whether the name is still there; the
// next apply of this machine takes it over.
func (l *Lock) Release(ctx context.Context) error {
	l.stop()
	ctx, cancel := grace.Context(ctx)
	defer cancel()
	err := l.place.remove(ctx, l.self)
	if err == nil {
		l.place.fold(ctx, l.first)
	}
	return errors.Join(err, l.file.Release())
}

// justNow is how old a name may be to show the time of the destination.
const justNow = 10 * time.Second

// Written returns when our name was written just now, by the clock of the destination;
// zero where it does not tell. It is written once more if that was longer ago.
func (l *Lock) Written(ctx context.Context) (time.Time, error) {
	if time.Since(l.written) > justNow {
		if err := l.place.put(ctx, l.self); err != nil {
			return time.Time{}, err
		}
	}
	f, err := l.place.Store.Stat(ctx, l.place.path(l.self))
	return f.ModTime, err
}
