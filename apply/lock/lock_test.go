package lock_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const work = state.WorkDir(".vmxsync")

func nas(store providers.Store) lock.Place {
	return lock.Place{Name: "nas", Key: "ftp://backup@nas:21/vm", Store: store, Work: work}
}

// machine is one of its own: another folder has other file locks.
func machine(t *testing.T) *lock.Machine { return lock.Here(t.TempDir()) }

func take(t *testing.T, m *lock.Machine, p lock.Place) *lock.Lock {
	t.Helper()
	l, err := m.Take(t.Context(), p, lock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func release(t *testing.T, l *lock.Lock) {
	t.Helper()
	if err := l.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// names are what stands in the lock.
func names(t *testing.T, store providers.Store) []string {
	t.Helper()
	files, err := store.List(t.Context(), work.Held())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		all = append(all, f.Name())
	}
	return all
}

func wantNames(t *testing.T, store providers.Store, want ...string) {
	t.Helper()
	if got := names(t, store); !slices.Equal(got, want) {
		t.Errorf("in the lock: %q, want %q", got, want)
	}
}

// wantHeld demands that the lock is refused for that holder.
func wantHeld(t *testing.T, err error, by lock.Holder, here bool) {
	t.Helper()
	held, ok := errors.AsType[*lock.HeldError](err)
	if !ok || !errors.Is(err, lock.ErrHeld) {
		t.Fatalf("got %v, want a HeldError", err)
	}
	if held.Holder != by || held.Here != here || held.Destination != "nas" {
		t.Errorf("got %+v, want that %s has nas, on this machine: %v", held, by, here)
	}
}

func TestTake_secondOneIsToldWhoHoldsItSinceWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		here := t.TempDir()
		first := take(t, lock.Here(here), nas(store))
		wantNames(t, store, first.Holder().String())
		if h := first.Holder(); h.ID == "" || h.Host == "" || !h.Since.Equal(time.Now().Truncate(time.Second)) {
			t.Errorf("got %+v", h)
		}
		for _, m := range []struct {
			*lock.Machine
			here bool
		}{{lock.Here(here), true}, {machine(t), false}} {
			_, err := m.Take(t.Context(), nas(store), lock.Options{})
			wantHeld(t, err, first.Holder(), m.here)
			if since := first.Holder().Since.Format(time.RFC3339); !strings.Contains(err.Error(), since) {
				t.Errorf("%q does not say %s", err, since)
			}
			wantHeld(t, m.Look(t.Context(), nas(store)), first.Holder(), m.here)
		}
		wantNames(t, store, first.Holder().String())
		release(t, first)
		release(t, take(t, machine(t), nas(store)))
	})
}

func TestTake_otherDestinationIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here := machine(t)
		other := lock.Place{Name: "usb", Key: "local:/mnt", Store: mem.New(nil), Work: work}
		first, second := take(t, here, nas(mem.New(nil))), take(t, here, other)
		release(t, first)
		release(t, second)
	})
}

// TestTake_otherNameOfThePlaceIsNoProofOfDeath: one machine may reach a
// destination by two names, and then has two file locks for it.
func TestTake_otherNameOfThePlaceIsNoProofOfDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, here := mem.New(nil), t.TempDir()
		first := take(t, lock.Here(here), nas(store))
		alias := nas(store)
		alias.Key = "ftp://backup@192.0.2.7:21/vm"
		_, err := lock.Here(here).Take(t.Context(), alias, lock.Options{})
		wantHeld(t, err, first.Holder(), false)
		release(t, first)
	})
}

func TestTake_oneOfManyGetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 50 {
			store := mem.New(nil)
			locks, errs := race(t, 6, func(int) providers.Store { return distant{store} }, lock.Options{})
			if len(locks) != 1 || len(errs) != 5 {
				t.Fatalf("%d have the lock, want 1", len(locks))
			}
			for _, err := range errs {
				if !errors.Is(err, lock.ErrHeld) {
					t.Error(err)
				}
			}
			wantNames(t, store, locks[0].Holder().String())
			release(t, locks[0])
		}
	})
}

// race has n machines take the lock of nas at once.
func race(t *testing.T, n int, store func(i int) providers.Store, o lock.Options) (locks []*lock.Lock, errs []error) {
	t.Helper()
	var mu sync.Mutex
	var racing sync.WaitGroup
	for i := range n {
		m := machine(t)
		racing.Go(func() {
			l, err := m.Take(t.Context(), nas(store(i)), o)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
			} else {
				locks = append(locks, l)
			}
		})
	}
	racing.Wait()
	return locks, errs
}

// TestTake_noTwoGetItWhereMakingAFolderProvesNothing: that MKD has one winner
// is not what the lock stands on.
func TestTake_noTwoGetItWhereMakingAFolderProvesNothing(t *testing.T) {
	for name, weaken := range map[string]func(*mem.Store) providers.Store{
		"no way to make one": func(m *mem.Store) providers.Store { return plain{distant{m}} },
		"all have made it":   func(m *mem.Store) providers.Store { return willing{distant{m}} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for range 50 {
					store := mem.New(nil)
					locks, _ := race(t, 6, func(int) providers.Store { return weaken(store) }, lock.Options{})
					if len(locks) > 1 {
						t.Fatalf("%d have the lock", len(locks))
					}
					for _, l := range locks {
						release(t, l)
					}
					wantNames(t, store)
				}
			})
		})
	}
}

// distant is a store whose changes take a moment, so that all who ask at once
// are told the same.
type distant struct{ *mem.Store }

func (s distant) MakeDir(ctx context.Context, dir string) error {
	time.Sleep(time.Millisecond)
	return s.Store.MakeDir(ctx, dir)
}

func (s distant) Put(ctx context.Context, p string, body providers.Body) error {
	time.Sleep(time.Millisecond)
	return s.Store.Put(ctx, p, body)
}

func (s distant) Rename(ctx context.Context, from, to string) error {
	time.Sleep(time.Millisecond)
	return s.Store.Rename(ctx, from, to)
}

// willing makes folders that are there.
type willing struct{ distant }

func (s willing) MakeDir(ctx context.Context, dir string) error {
	if err := s.distant.MakeDir(ctx, dir); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// plain is a store without its optional interfaces.
type plain struct{ providers.Store }

// doomed is a process of a machine that holds the lock until die is called.
type doomed struct {
	*lock.Lock
	script *faults.Script
}

// kill ends it as kill -9 does: its calls have no effect any more, and the
// kernel frees its file lock.
func (d *doomed) kill(t *testing.T) {
	t.Helper()
	d.script.Kill()
	if err := d.Release(t.Context()); !errors.Is(err, faults.ErrCrashed) {
		t.Errorf("got %v, want that nothing could be released", err)
	}
}

func doom(t *testing.T, m *lock.Machine, store providers.Store) *doomed {
	t.Helper()
	script := faults.New()
	return &doomed{take(t, m, nas(faults.Wrap(store, script))), script}
}

func TestTake_sameMachineFollowsItsDeadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, here := mem.New(nil), t.TempDir()
		doom(t, lock.Here(here), store).kill(t)
		began := time.Now()
		if err := lock.Here(here).Look(t.Context(), nas(store)); err != nil {
			t.Error(err)
		}
		next := take(t, lock.Here(here), nas(store))
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %v", waited)
		}
		wantNames(t, store, next.Holder().String())
		release(t, next)
	})
}

// tardy is a place whose first listing is that of before.
type tardy struct {
	providers.Store
	looked *bool
}

func (s tardy) Unwrap() providers.Store { return s.Store }

func (s tardy) List(ctx context.Context, dir string) ([]providers.File, error) {
	if dir == work.Held() && !*s.looked {
		*s.looked = true
		return nil, nil
	}
	return s.Store.List(ctx, dir)
}

// A name that was renamed shows when its former holder wrote it, and no time of now.
func TestWritten_isNotThatOfADeadHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, here := mem.New(nil), t.TempDir()
		doom(t, lock.Here(here), store).kill(t)
		time.Sleep(48 * time.Hour)
		next := take(t, lock.Here(here), nas(tardy{store, new(bool)}))
		if at, err := next.Written(t.Context()); err != nil || time.Since(at) > time.Minute {
			t.Errorf("written %v ago, %v", time.Since(at), err)
		}
		release(t, next)
	})
}

func TestTake_otherMachineIsDeadAfterTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		dead := doom(t, machine(t), store)
		dead.kill(t)
		_, err := machine(t).Take(t.Context(), nas(store), lock.Options{Patience: lock.Lease - time.Second})
		wantHeld(t, err, dead.Holder(), false)

		began, told := time.Now(), 0
		waiting := func(held *lock.HeldError) {
			told++
			wantHeld(t, held, dead.Holder(), false)
		}
		next, err := machine(t).Take(t.Context(), nas(store), lock.Options{Patience: time.Hour, Waiting: waiting})
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited < lock.Lease || waited > lock.Lease+10*time.Second || told != 1 {
			t.Errorf("waited %v, and was told %d times of it", waited, told)
		}
		wantNames(t, store, next.Holder().String())
		release(t, next)
	})
}

func TestTake_livingHolderKeepsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		first := take(t, machine(t), nas(store))
		_, err := machine(t).Take(t.Context(), nas(store), lock.Options{Patience: time.Hour})
		wantHeld(t, err, first.Holder(), false)
		if err := first.Check(t.Context()); err != nil {
			t.Error(err)
		}
		release(t, first)
	})
}

// TestTake_holderWhoseFilesGrowLives: with one connection no beat gets through
// beside a long upload.
func TestTake_holderWhoseFilesGrowLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		silent := doom(t, machine(t), store)
		silent.kill(t)
		began := time.Now()
		p := nas(store)
		p.Signs = func(context.Context) string {
			grown := min(time.Since(began), 10*time.Minute)
			return grown.String()
		}
		next, err := machine(t).Take(t.Context(), p, lock.Options{Patience: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited < 10*time.Minute+lock.Lease {
			t.Errorf("taken over after %v", waited)
		}
		release(t, next)
	})
}

func TestTake_deadHolderHasOneHeir(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		dead := doom(t, machine(t), store)
		dead.kill(t)
		locks, errs := race(t, 6, func(int) providers.Store { return distant{store} }, lock.Options{Patience: 2 * lock.Lease})
		if len(locks) != 1 || len(errs) != 5 {
			t.Fatalf("%d have the lock, %d were refused, want 1 and 5", len(locks), len(errs))
		}
		for _, err := range errs {
			wantHeld(t, err, locks[0].Holder(), false)
		}
		if err := locks[0].Check(t.Context()); err != nil {
			t.Error(err)
		}
		release(t, locks[0])
	})
}

func TestTake_noTwoInheritWhereARenameIsACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			store := mem.New(nil)
			doom(t, machine(t), store).kill(t)
			locks, _ := race(t, 6, func(int) providers.Store { return copying{distant{store}} }, lock.Options{Patience: 2 * lock.Lease})
			if len(locks) > 1 {
				t.Fatalf("%d have the lock", len(locks))
			}
			for _, l := range locks {
				release(t, l)
			}
		}
	})
}

// copying renames as some gateways do: whoever comes before the end succeeds.
type copying struct{ distant }

func (s copying) Rename(ctx context.Context, from, to string) error {
	if _, err := s.Stat(ctx, from); err != nil {
		return err
	}
	if err := s.Put(ctx, to, providertest.Text("copy")); err != nil {
		return err
	}
	if err := s.Remove(ctx, from); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func TestTake_waitsForTheRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, here := mem.New(nil), t.TempDir()
		first := take(t, lock.Here(here), nas(store))
		time.AfterFunc(time.Minute, func() { release(t, first) })
		locks := make(chan *lock.Lock)
		for _, m := range []*lock.Machine{lock.Here(here), machine(t)} {
			go func() {
				l, err := m.Take(t.Context(), nas(store), lock.Options{Patience: 10 * time.Minute})
				if err != nil {
					t.Error(err)
				}
				locks <- l
			}()
		}
		release(t, <-locks)
		release(t, <-locks)
	})
}

func TestTake_emptyFolderIsNobodys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		if err := store.MakeDir(t.Context(), work.Held()); err != nil {
			t.Fatal(err)
		}
		providertest.Fill(t, store, map[string]string{work.Held() + "/Thumbs.db": "junk"})
		if err := machine(t).Look(t.Context(), nas(store)); err != nil {
			t.Error(err)
		}
		release(t, take(t, machine(t), nas(store)))
	})
}

func TestTake_strangeFileKeepsOthersOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		store.Plant(providers.File{Path: work.Held() + "/maintenance\x1b[2J"}, nil)
		_, err := machine(t).Take(t.Context(), nas(store), lock.Options{})
		if !errors.Is(err, lock.ErrHeld) || !strings.Contains(err.Error(), "maintenance") || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("got %q", err)
		}
	})
}

func TestTake_fullPlaceCanBeLocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		script := faults.New(faults.Fail(faults.On("", faults.Put), 0, faults.Before, providers.ErrFull))
		l := take(t, machine(t), nas(faults.Wrap(store, script)))
		if err := script.AllHit(); err != nil {
			t.Error(err)
		}
		wantNames(t, store, l.Holder().String())
		release(t, l)
	})
}

func TestTake_interruptLeavesNoLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, here := mem.New(nil), t.TempDir()
		first := take(t, machine(t), nas(store))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := lock.Here(here).Take(ctx, nas(store), lock.Options{Patience: time.Hour})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		wantNames(t, store, first.Holder().String())
		release(t, first)
		release(t, take(t, lock.Here(here), nas(store)))
	})
}

func TestCheck_lockThatIsGoneStaysLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		l := take(t, machine(t), nas(store))
		if err := l.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := lock.Force(t.Context(), nas(store), l.Holder().ID); err != nil {
			t.Fatal(err)
		}
		if err := l.Check(t.Context()); !errors.Is(err, lock.ErrLost) {
			t.Errorf("got %v, want ErrLost", err)
		}
		time.Sleep(5 * time.Minute)
		wantNames(t, store) // no beat brings it back
		providertest.Fill(t, store, map[string]string{work.Held() + "/" + l.Holder().String(): "x"})
		if err := l.Check(t.Context()); !errors.Is(err, lock.ErrLost) {
			t.Errorf("got %v, want ErrLost", err)
		}
		release(t, l)
	})
}

func TestTake_lossIsToldWithoutAQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, lost := mem.New(nil), make(chan error, 100)
		l, err := machine(t).Take(t.Context(), nas(store), lock.Options{Lost: func(err error) { lost <- err }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lock.Force(t.Context(), nas(store), l.Holder().ID); err != nil {
			t.Fatal(err)
		}
		if err := <-lost; !errors.Is(err, lock.ErrLost) {
			t.Errorf("got %v, want ErrLost", err)
		}
		release(t, l)
	})
}

// TestCheck_pausedHolderIsFencedOff stops a process between its look and its
// beat for longer than a lease. The beat writes its name once more, beside that
// of the one who took over.
func TestCheck_pausedHolderIsFencedOff(t *testing.T) {
	for _, first := range []string{"the new holder", "the paused one"} {
		t.Run(first, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := mem.New(nil)
				asleep := &sleeper{Store: store}
				paused := take(t, machine(t), nas(asleep))
				asleep.until = time.Now().Add(10*time.Minute + 7*time.Second) // between two beats of the other
				next, err := machine(t).Take(t.Context(), nas(store), lock.Options{Patience: 3 * lock.Lease})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Until(asleep.until))
				synctest.Wait()
				if got := names(t, store); len(got) != 2 {
					t.Fatalf("in the lock: %q, want the name of the paused holder as well", got)
				}
				if first == "the new holder" {
					if err := next.Check(t.Context()); err != nil {
						t.Error(err)
					}
				}
				if err := paused.Check(t.Context()); !errors.Is(err, lock.ErrLost) {
					t.Errorf("the paused holder: got %v, want ErrLost", err)
				}
				if err := next.Check(t.Context()); err != nil {
					t.Error(err)
				}
				wantNames(t, store, next.Holder().String())
				release(t, paused)
				release(t, next)
			})
		})
	}
}

// sleeper is a store whose puts wait until a time: the process is paused.
type sleeper struct {
	providers.Store
	until time.Time
}

func (s *sleeper) Unwrap() providers.Store { return s.Store }

func (s *sleeper) Put(_ context.Context, p string, body providers.Body) error {
	time.Sleep(time.Until(s.until))
	return s.Store.Put(context.Background(), p, body)
}

func TestCheck_nameOfOneWhoWithdrawsIsNoLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		l := take(t, machine(t), nas(store))
		other := work.Held() + "/0a~other-1b~20261122T030000Z"
		providertest.Fill(t, store, map[string]string{other: "x"})
		time.AfterFunc(time.Second, func() { store.Remove(context.Background(), other) })
		if err := l.Check(t.Context()); err != nil {
			t.Error(err)
		}
		providertest.Fill(t, store, map[string]string{other: "x"})
		if err := l.Check(t.Context()); !errors.Is(err, lock.ErrLost) || !strings.Contains(err.Error(), "other-1b") {
			t.Errorf("got %v, want that it is lost to the other", err)
		}
		release(t, l)
	})
}

func TestCheck_listingThatFailsProvesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := faults.New(faults.Fail(faults.On(work.Held(), faults.List), 2, faults.Before, providers.ErrListing))
		l := take(t, machine(t), nas(faults.Wrap(mem.New(nil), script)))
		if err := l.Check(t.Context()); !errors.Is(err, providers.ErrListing) || errors.Is(err, lock.ErrLost) {
			t.Errorf("got %v", err)
		}
		if err := l.Check(t.Context()); err != nil {
			t.Error(err)
		}
		release(t, l)
	})
}

func TestRelease_leavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		l := take(t, machine(t), nas(store))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := l.Release(ctx); err != nil {
			t.Error(err)
		}
		if tree := providertest.Tree(t, store); len(tree) > 0 {
			t.Errorf("left behind: %q", tree)
		}
	})
}

func TestForce_removesExactlyThatHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mem.New(nil)
		if _, err := lock.Force(t.Context(), nas(store), "0a"); !errors.Is(err, lock.ErrNotHeld) {
			t.Errorf("got %v, want ErrNotHeld", err)
		}
		dead := doom(t, machine(t), store)
		dead.kill(t)
		_, err := lock.Force(t.Context(), nas(store), "0a")
		if err == nil || !strings.Contains(err.Error(), dead.Holder().ID) || !strings.Contains(err.Error(), dead.Holder().Host) {
			t.Errorf("got %v, want that it names the holder", err)
		}
		wantNames(t, store, dead.Holder().String())
		if h, err := lock.Force(t.Context(), nas(store), dead.Holder().ID); err != nil || h != dead.Holder() {
			t.Errorf("got %v, %v", h, err)
		}
		release(t, take(t, machine(t), nas(store)))
	})
}

// TestTake_crashEverywhere stops a process at every call to the store. Its own
// machine goes on at once, another one after the lease.
func TestTake_crashEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		count := faults.New()
		release(t, take(t, machine(t), nas(faults.Wrap(mem.New(nil), count))))
		for i := range count.Calls() {
			for _, when := range []faults.When{faults.Before, faults.Middle, faults.After} {
				store, here := mem.New(nil), t.TempDir()
				crashed(t, lock.Here(here), store, faults.Crash(i, when))
				clone := store.Clone()
				release(t, take(t, lock.Here(here), nas(store)))
				l, err := machine(t).Take(t.Context(), nas(clone), lock.Options{Patience: 2 * lock.Lease})
				if err != nil {
					t.Fatalf("crash %s %s: %v", when, count.Calls()[i], err)
				}
				release(t, l)
			}
		}
	})
}

func crashed(t *testing.T, m *lock.Machine, store providers.Store, fault *faults.Fault) {
	t.Helper()
	script := faults.New(fault)
	if l, err := m.Take(t.Context(), nas(faults.Wrap(store, script)), lock.Options{}); err == nil {
		l.Release(t.Context())
	}
	if err := script.AllHit(); err != nil {
		t.Fatal(err)
	}
}

func TestTakeFile_isOfOneProcessAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here := t.TempDir()
		first, err := lock.Here(here).TakeFile(t.Context(), "plan.out.journal", "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lock.Here(here).TakeFile(t.Context(), "plan.out.journal", "/x", time.Minute); !errors.Is(err, lock.ErrHeld) {
			t.Errorf("got %v, want ErrHeld", err)
		}
		if err := first.Release(); err != nil {
			t.Fatal(err)
		}
		second, err := lock.Here(here).TakeFile(t.Context(), "plan.out.journal", "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		second.Release()
	})
}
