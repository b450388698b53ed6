package session_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/session"
)

// fake is a session that records its end.
type fake struct {
	number    int
	discarded atomic.Bool
	quit      atomic.Bool
	closed    atomic.Bool
}

func (f *fake) Usable() bool             { return !f.discarded.Load() }
func (f *fake) Discard()                 { f.discarded.Store(true) }
func (f *fake) Quit(time.Duration) error { f.quit.Store(true); return nil }
func (f *fake) Close(time.Duration)      { f.closed.Store(true) }

// place hands out sessions as long as it allows more.
type place struct {
	mu      sync.Mutex
	allowed int
	err     error // of all dials
	dials   int
	opened  []*fake
}

var errCrowded = errors.New("too many sessions")

func (p *place) dial(context.Context) (*fake, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dials++
	open := 0
	for _, f := range p.opened {
		if !f.discarded.Load() {
			open++
		}
	}
	switch {
	case p.err != nil:
		return nil, p.err
	case open >= p.allowed:
		return nil, &retry.Unreachable{Err: errCrowded}
	}
	f := &fake{number: len(p.opened) + 1}
	p.opened = append(p.opened, f)
	return f, nil
}

func newPool(p *place, sessions int, notices *[]string) *session.Pool[*fake] {
	return session.New(session.Options[*fake]{
		Sessions: sessions, Dial: p.dial,
		Crowded: func(err error) bool { return errors.Is(err, errCrowded) || errors.Is(err, providers.ErrLogin) },
		Tell: func(text string) {
			if notices != nil {
				*notices = append(*notices, text)
			}
		},
	})
}

func nothing(*fake) error { return nil }

func TestPool_usesAnIdleSessionBeforeANewOne(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 4, nil)
	for range 3 {
		if err := pool.Do(t.Context(), nothing); err != nil {
			t.Fatal(err)
		}
	}
	pool.Close()
	if p.dials != 1 {
		t.Errorf("%d dials for three calls in turn", p.dials)
	}
	if f := p.opened[0]; !f.quit.Load() || !f.closed.Load() {
		t.Error("the idle session was not ended by a goodbye")
	}
	if err := pool.Do(t.Context(), nothing); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: got %v", err)
	}
}

func TestPool_keepsNoSessionThatIsNotUsable(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 1, nil)
	defer pool.Close()
	broken := errors.New("broken")
	if err := pool.Do(t.Context(), func(f *fake) error { f.Discard(); return broken }); err != broken {
		t.Errorf("got %v", err)
	}
	if err := pool.Do(t.Context(), nothing); err != nil || p.dials != 2 {
		t.Errorf("got %v after %d dials", err, p.dials)
	}
}

// A call that was cancelled costs its session, and its error is that of the context.
func TestPool_discardsTheSessionOfACancelledCall(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 1, nil)
	defer pool.Close()
	ctx, cancel := context.WithCancel(t.Context())
	err := pool.Do(ctx, func(f *fake) error {
		cancel()
		for !f.discarded.Load() {
			time.Sleep(time.Millisecond)
		}
		return errors.New("connection reset")
	})
	if !errors.Is(err, context.Canceled) || p.opened[0].Usable() {
		t.Errorf("got %v, session usable: %v", err, p.opened[0].Usable())
	}
}

func TestPool_againDoesNotCount(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 1, nil)
	defer pool.Close()
	calls := 0
	err := pool.Do(t.Context(), func(f *fake) error {
		if calls++; calls < 5 {
			f.Discard()
			return session.Again(errors.New("ended while idle"))
		}
		return nil
	})
	if err != nil || calls != 5 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}

// What is lent counts under the ceiling until it is returned.
func TestPool_lendsUnderTheCeiling(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 1, nil)
	defer pool.Close()
	loan, err := pool.Lend(t.Context(), nothing)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := pool.Do(ctx, nothing); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the only session is lent: got %v", err)
	}
	loan.Return()
	if err := pool.Do(t.Context(), nothing); err != nil || p.dials != 1 {
		t.Errorf("after its return: got %v, %d dials", err, p.dials)
	}
}

// A session is discarded when the context of its loan ends.
func TestPool_endsALoanWithItsContext(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 1, nil)
	defer pool.Close()
	ctx, cancel := context.WithCancel(t.Context())
	loan, err := pool.Lend(ctx, nothing)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	loan.Return()
	if loan.Session.Usable() {
		t.Error("the session of a cancelled call stays in use")
	}
}

func TestPool_shrinksToWhatThePlaceAllowsAndSaysSo(t *testing.T) {
	var notices []string
	p := &place{allowed: 2}
	pool := newPool(p, 5, &notices)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := pool.Do(t.Context(), func(*fake) error { time.Sleep(time.Millisecond); return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := pool.Sessions(); n != 2 {
		t.Errorf("got %d sessions, want 2", n)
	}
	pool.Close()
	const want = "the server allows only 2 of the 5 sessions that `connections` asks for: set connections = 2"
	if len(notices) != 1 || notices[0] != want {
		t.Errorf("got notices %q", notices)
	}
}

// A refused password is sent twice, whatever the number of calls.
func TestPool_logsInTwiceWithARefusedPassword(t *testing.T) {
	p := &place{err: fmt.Errorf("530: %w", providers.ErrLogin)}
	pool := newPool(p, 8, nil)
	defer pool.Close()
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if err := pool.Do(t.Context(), nothing); !errors.Is(err, providers.ErrLogin) {
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if p.dials != 2 {
		t.Errorf("%d logins", p.dials)
	}
}

// What was reached once may be reached again; what never was is not tried.
func TestPool_knowsWhetherADialMaySucceedLater(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 1, nil)
	defer pool.Close()
	p.err = &retry.Unreachable{Err: errors.New("no route")}
	if err := pool.Do(t.Context(), nothing); retry.Transient(err) {
		t.Errorf("before the first session: %v is transient", err)
	}
	p.err = nil
	if err := pool.Do(t.Context(), func(f *fake) error { f.Discard(); return nil }); err != nil {
		t.Fatal(err)
	}
	p.err = &retry.Unreachable{Err: errors.New("no route")}
	if err := pool.Do(t.Context(), nothing); !retry.Transient(err) || !errors.Is(err, providers.ErrUnreachable) {
		t.Errorf("after a session: %v is final", err)
	}
}

// A program in the place of a session gets an idle one closed, and ends with the pool.
func TestPool_outsideTakesTheRoomOfASession(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 1, nil)
	if err := pool.Do(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	err := pool.Outside(t.Context(), func(ctx context.Context) error {
		if f := p.opened[0]; !f.quit.Load() || !f.discarded.Load() {
			t.Error("the idle session is open beside the program")
		}
		go pool.Close()
		<-ctx.Done()
		return context.Cause(ctx)
	})
	if !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// Sessions that are opened ahead wait for the calls, and no call waits for more than one of
// them.
func TestPool_opensSessionsAhead(t *testing.T) {
	var notices []string
	p := &place{allowed: 3}
	pool := newPool(p, 5, &notices)
	if err := pool.Do(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	if pool.Open(t.Context(), 2); p.dials != 2 {
		t.Errorf("%d dials for two sessions, one of which was open", p.dials)
	}
	pool.Open(t.Context(), 9)
	if n := pool.Sessions(); n != 3 {
		t.Errorf("got %d sessions, want the 3 that the place allows", n)
	}
	dials := p.dials
	var all sync.WaitGroup
	for range 9 {
		all.Go(func() {
			if err := pool.Do(t.Context(), nothing); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if p.dials != dials {
		t.Errorf("%d more dials, with sessions that wait", p.dials-dials)
	}
	if pool.Close(); len(notices) != 1 {
		t.Errorf("got notices %q", notices)
	}
	pool.Open(t.Context(), 9)
}

// What cannot be opened ahead is no error, and counts as little as any other dial.
func TestPool_opensNoneAheadOfAPlaceThatIsAway(t *testing.T) {
	p := &place{allowed: 9}
	pool := newPool(p, 4, nil)
	defer pool.Close()
	if err := pool.Do(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	p.err = &retry.Unreachable{Err: errors.New("no route")}
	pool.Open(t.Context(), 4)
	if n := pool.Sessions(); n != 4 {
		t.Errorf("got %d sessions, want all 4", n)
	}
	p.err = nil
	if pool.Open(t.Context(), 4); p.dials != 7 {
		t.Errorf("%d dials, want 1, 3 that failed and 3", p.dials)
	}
}
