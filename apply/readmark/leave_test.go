package readmark_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/apply/readmark"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

const work state.WorkDir = ".vmxsync"

var bart = state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}

// applied is a place where an apply was.
func applied(options ...mem.Option) *mem.Store {
	store := mem.New(time.Now, options...)
	store.Plant(providers.File{Path: work.Owner(), ModTime: time.Now()}, []byte("site\n"))
	return store
}

// leave leaves the mark of a run, and fails the test where it cannot.
func leave(ctx context.Context, t *testing.T, store providers.Store, run string) (end func()) {
	t.Helper()
	place := readmark.Place{Name: "nas", Store: store, Work: work, Sets: []state.Key{bart}}
	return readmark.Leave(ctx, []readmark.Place{place}, readmark.Options{
		Run: run, Host: "pve1", Failed: func(place string, err error) { t.Errorf("%s: %v", place, err) },
	})
}

func marks(t *testing.T, store providers.Store) []read.Mark {
	t.Helper()
	all, err := read.Marks(context.Background(), store, work)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLeave_marksWhileTheRestoreRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := applied(mem.Sessions(2))
		end := leave(t.Context(), t, store, "run1")
		for range 12 {
			all := marks(t, store)
			if len(all) != 1 || !all[0].Reads(bart) || !all[0].Lives(all[0].Written, time.Now(), time.Now()) || !all[0].Lives(time.Time{}, time.Now(), time.Now()) {
				t.Fatalf("got %+v, want one that lives", all)
			}
			time.Sleep(4 * time.Minute)
			synctest.Wait()
		}
		end()
		if all := marks(t, store); len(all) > 0 {
			t.Errorf("left behind: %+v", all)
		}
		if _, err := store.Stat(t.Context(), work.Reading()); err == nil {
			t.Error("the folder of marks is still there")
		}
	})
}

func TestLeave_aRestoreThatDiesIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for sessions, lease := range map[int]time.Duration{1: state.MaxReadLease, 2: state.ReadLease} {
			store := applied(mem.Sessions(sessions))
			script := faults.New()
			end := leave(t.Context(), t, faults.Wrap(store, script), "run1")
			script.Kill()
			end()
			m := marks(t, store)[0]
			if now := m.Written.Add(lease); !m.Lives(m.Written, now.Add(-1), now) || m.Lives(m.Written, now, now) {
				t.Errorf("with %d sessions the mark does not live for %s", sessions, lease)
			}
		}
	})
}

func TestLeave_endsAfterAnInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := applied()
		ctx, interrupt := context.WithCancel(t.Context())
		end := leave(ctx, t, store, "run1")
		interrupt()
		end()
		if all := marks(t, store); len(all) > 0 {
			t.Errorf("left behind: %+v", all)
		}
	})
}

func TestLeave_twoRestores(t *testing.T) {
	store := applied()
	first, second := leave(t.Context(), t, store, "run1"), leave(t.Context(), t, store, "run2")
	first()
	if all := marks(t, store); len(all) != 1 || all[0].Run != "run2" {
		t.Errorf("got %+v, want that of the second", all)
	}
	second()
	if all := marks(t, store); len(all) > 0 {
		t.Errorf("left behind: %+v", all)
	}
}

func TestLeave_leavesNothingWhereNobodyApplies(t *testing.T) {
	store := mem.New(time.Now)
	leave(t.Context(), t, store, "run1")()
	if all, err := store.List(t.Context(), "."); err != nil || len(all) > 0 {
		t.Errorf("the root holds %v, %v", all, err)
	}
}

func TestLeave_reportsWhereItMayNotWrite(t *testing.T) {
	script := faults.New(faults.FailAlways(func(c faults.Call) bool { return c.Op == faults.Put }, fs.ErrPermission))
	store := faults.Wrap(applied(), script)
	var failed []string
	end := readmark.Leave(t.Context(), []readmark.Place{{Name: "nas", Store: store, Work: work}}, readmark.Options{
		Run: "run1", Failed: func(place string, err error) { failed = append(failed, place+": "+err.Error()) },
	})
	end()
	if len(failed) != 1 {
		t.Errorf("reported: %q, want one place", failed)
	}
	if slices.ContainsFunc(script.Calls(), func(c faults.Call) bool { return c.Op == faults.Remove }) {
		t.Error("it removes what it has not put there")
	}
}
