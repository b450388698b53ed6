package apply_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// noting takes a second for each file, and notes when the record is opened.
type noting struct {
	slow
	records []time.Time
}

func (n *noting) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if p == dir.Known() {
		n.records = append(n.records, time.Now())
	}
	return n.Store.Open(ctx, p, offset)
}

// The record that a place has is read while files are sent, and not again to replace it.
func TestRun_readsTheRecordBesideTheFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 3)
		w.local(key("Bart", 21))
		w.stores["nas"] = mem.New(yesterday, mem.Sessions(2))
		w.owned("nas")
		plan := w.plan(t)
		nas := &noting{slow: slow{w.stores["nas"]}}
		stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": nas}
		began := time.Now()
		r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now})
		must(t, r, err)
		if len(nas.records) != 1 || nas.records[0].Sub(began) > 0 || time.Since(began) < 2*time.Second {
			t.Errorf("the record was opened at %v, of %v to %v", nas.records, began, time.Now())
		}
		if w.tree(t, "nas")[dir.Known()] == "" {
			t.Error("no record was left")
		}
	})
}

// opening notes how many sessions it was asked to open.
type opening struct {
	providers.Store
	asked func(n int)
}

func (o opening) OpenSessions(_ context.Context, n int) { o.asked(n) }

// Sessions are opened for as many files as may be sent at once, by whoever has the lock.
func TestRun_opensSessionsUnderTheLock(t *testing.T) {
	for most, want := range map[int][]int{0: {3}, 2: {2}} {
		w := scene(t, "first use")
		plan := w.plan(t)
		var asked []int
		usb := opening{w.stores["usb"], func(n int) {
			if names := w.holders(t, "usb"); len(names) != 1 {
				t.Errorf("%d sessions were asked for, and the locks are %q", n, names)
			}
			asked = append(asked, n)
		}}
		opts := apply.Options{
			Run: thisRun, Stores: map[string]providers.Store{"vms": w.stores["vms"], "nas": w.stores["nas"], "usb": usb}, Now: now,
			Parallelism: most, Machine: lock.Here(t.TempDir()), LockTimeout: time.Millisecond,
		}
		held := another(t, w, "usb")
		if _, err := apply.Run(t.Context(), plan, opts); !errors.Is(err, lock.ErrHeld) || len(asked) > 0 {
			t.Errorf("got %v, and %v sessions were asked for", err, asked)
		}
		held.Release(t.Context())
		r, err := apply.Run(t.Context(), plan, opts)
		must(t, r, err)
		if !slices.Equal(asked, want) {
			t.Errorf("at most %d at once: %v sessions were asked for, want %v", most, asked, want)
		}
	}
}
