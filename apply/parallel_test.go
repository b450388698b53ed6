package apply_test

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// patient does not send before it is told to, but for what belongs to a set.
type patient struct {
	providers.Store
	until <-chan struct{}
	but   string // the name of that set; empty: everything waits
}

func (p patient) Put(ctx context.Context, path string, b providers.Body) error {
	if p.but != "" && strings.Contains(path, p.but) {
		return p.Store.Put(ctx, path, b)
	}
	select {
	case <-p.until:
		return p.Store.Put(ctx, path, b)
	case <-time.After(time.Minute):
		return errors.New("what it waits for waits for it")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// signal is closed once.
type signal struct {
	c    chan struct{}
	once sync.Once
}

func newSignal() *signal { return &signal{c: make(chan struct{})} }
func (s *signal) close() { s.once.Do(func() { close(s.c) }) }

func TestRun_slowDestinationHoldsNoOther(t *testing.T) {
	w := scene(t, "")
	done := newSignal()
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": patient{w.stores["nas"], done.c, ""}}
	events := func(e event.Event) {
		if e, ok := e.(event.ChangeDone); ok && e.Address == "usb/"+key("UsbBart", 21).String() {
			done.close()
		}
	}
	r, err := apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Events: events, Now: now})
	must(t, r, err)
}

func TestRun_sendsSeveralVMsAtOnce(t *testing.T) {
	w := newWorld(t, 2)
	w.owned("nas")
	w.local(key("Bart", 21))
	w.local(key("Lisa", 21))
	plan := w.plan(t)
	both := newSignal()
	wide := mem.New(yesterday, mem.Sessions(2))
	w.stores["nas"] = wide
	w.owned("nas")
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": patient{wide, both.c, ""}}
	started := 0
	events := func(e event.Event) { // one call at a time
		if _, ok := e.(event.ChangeStarted); ok {
			if started++; started == 2 {
				both.close()
			}
		}
	}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Events: events, Now: now})
	must(t, r, err)
}

// Bart has three sets to send, and nas two sessions.
func threeSets(t *testing.T) (w *world, plan *diff.Plan) {
	w = newWorld(t, 3)
	for _, day := range []int{19, 20, 21} {
		w.local(key("Bart", day))
	}
	w.stores["nas"] = mem.New(yesterday, mem.Sessions(2))
	w.owned("nas")
	return w, w.plan(t)
}

func TestRun_sendsSmallSetsOfAVMAtOnceAfterItsNewest(t *testing.T) {
	w, plan := threeSets(t)
	both := newSignal()
	nas := patient{w.stores["nas"], both.c, dir.Staged(key("Bart", 21))}
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": nas}
	var alone []string
	started := 0
	events := func(e event.Event) { // one call at a time
		switch e := e.(type) {
		case event.ChangeStarted:
			if started++; started == 3 {
				both.close()
			}
		case event.ChangeDone:
			if started == 1 {
				alone = append(alone, e.Address)
			}
		}
	}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Events: events, Now: now})
	must(t, r, err)
	if want := []string{"nas/" + key("Bart", 21).String()}; !slices.Equal(alone, want) {
		t.Errorf("%q were complete before others began, want %q", alone, want)
	}
}

// slow takes a second for each file.
type slow struct{ providers.Store }

func (s slow) Put(ctx context.Context, path string, b providers.Body) error {
	time.Sleep(time.Second)
	return s.Store.Put(ctx, path, b)
}

// Several VMs with several sets each are no more at once than one VM, or one set of each.
func TestRun_asManySetsAtOnceAsThePlaceHasSessions(t *testing.T) {
	w, _ := threeSets(t)
	for _, day := range []int{19, 20, 21} {
		w.local(key("Lisa", day))
	}
	plan := w.plan(t)
	synctest.Test(t, func(t *testing.T) {
		stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": slow{w.stores["nas"]}}
		sending, most := 0, 0
		events := func(e event.Event) { // one call at a time
			switch e.(type) {
			case event.ChangeStarted:
				sending++
				most = max(most, sending)
			case event.ChangeDone:
				sending--
			}
		}
		r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Events: events, Now: now})
		must(t, r, err)
		if most != 2 {
			t.Errorf("%d sets at once, want 2", most)
		}
	})
}

// The newest of large sets is complete as early as it can be.
func TestRun_sendsLargeSetsOfAVMOneAfterTheOther(t *testing.T) {
	w, _ := threeSets(t)
	for _, day := range []int{19, 20, 21} {
		w.plant("vms", path.Join(key("Bart", day).String(), "disk-flat.vmdk"), strings.Repeat("disk", 10<<20))
	}
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": w.stores["nas"]}
	sending, most := 0, 0
	events := func(e event.Event) { // one call at a time
		switch e.(type) {
		case event.ChangeStarted:
			sending++
			most = max(most, sending)
		case event.ChangeDone:
			sending--
		}
	}
	r, err := apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Events: events, Now: now})
	must(t, r, err)
	if most != 1 {
		t.Errorf("%d sets were sent at once, want 1", most)
	}
}

// counting counts how many puts run at once.
type counting struct {
	providers.Store
	count *peak
}

type peak struct {
	mu        sync.Mutex
	now, most int
}

// Put counts the files of sets: the list of the planned deletes is one of no set.
func (c counting) Put(ctx context.Context, path string, b providers.Body) error {
	if path == dir.Going() {
		return c.Store.Put(ctx, path, b)
	}
	c.count.mu.Lock()
	c.count.now++
	c.count.most = max(c.count.most, c.count.now)
	c.count.mu.Unlock()
	defer func() {
		c.count.mu.Lock()
		c.count.now--
		c.count.mu.Unlock()
	}()
	return c.Store.Put(ctx, path, b)
}

func TestRun_parallelismIsOverAllDestinations(t *testing.T) {
	w := scene(t, "")
	var all peak
	stores := map[string]providers.Store{"vms": w.stores["vms"]}
	plan := w.plan(t)
	for _, name := range []string{"nas", "usb"} {
		copied := mem.New(yesterday, mem.Sessions(8))
		for p, text := range w.tree(t, name) {
			if text != "/" {
				copied.Plant(providers.File{Path: p, ModTime: yesterday()}, []byte(text))
			}
		}
		stores[name] = counting{copied, &all}
	}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Parallelism: 2, Now: now})
	must(t, r, err)
	if all.most > 2 {
		t.Errorf("%d puts at once, want at most 2", all.most)
	}
}

func TestRun_failFastStartsNothingNew(t *testing.T) {
	for _, fast := range []bool{false, true} {
		w := scene(t, "")
		plan := w.plan(t)
		script := faults.New(faults.FailAlways(faults.On(dir.Claim(key("Bart", 21)), faults.Put), errRefused))
		stores := map[string]providers.Store{}
		for name, s := range w.stores {
			stores[name] = faults.Wrap(s, script)
		}
		r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Parallelism: 1, Now: now, FailFast: fast})
		if !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("got %v, want ErrPartial", err)
		}
		want := outcome.StatusDone
		if fast {
			want = outcome.StatusCancelled
		}
		if got := outcomes(r)["usb/"+key("UsbBart", 21).String()]; got != want {
			t.Errorf("fail fast %v: the set for usb is %s, want %s", fast, got, want)
		}
	}
}
