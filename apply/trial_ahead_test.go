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
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// fresh is a root that nobody owns, of a place with several sessions whose renames have to
// be tried. meets, if set, is called with each path that is about to be written.
type fresh struct {
	providers.Store
	meets func(ctx context.Context, p string) error
	mu    sync.Mutex
	calls []string // what was written, as "put PATH", "rename PATH" or "remove PATH"
}

func (s *fresh) Unwrap() providers.Store { return s.Store }

func (s *fresh) Traits() providers.Traits {
	t := s.Store.Traits()
	t.MovesUnproven = true
	return t
}

func (s *fresh) note(ctx context.Context, call, p string) error {
	s.mu.Lock()
	s.calls = append(s.calls, call+" "+p)
	s.mu.Unlock()
	if s.meets == nil {
		return nil
	}
	return s.meets(ctx, p)
}

func (s *fresh) Put(ctx context.Context, p string, b providers.Body) error {
	if err := s.note(ctx, "put", p); err != nil {
		return err
	}
	return s.Store.Put(ctx, p, b)
}

func (s *fresh) Rename(ctx context.Context, from, to string) error {
	if err := s.note(ctx, "rename", to); err != nil {
		return err
	}
	return s.Store.Rename(ctx, from, to)
}

func (s *fresh) Remove(ctx context.Context, p string) error {
	if err := s.note(ctx, "remove", p); err != nil {
		return err
	}
	return s.Store.Remove(ctx, p)
}

// index is the first call that ends with a text; -1: none.
func (s *fresh) index(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.IndexFunc(s.calls, func(c string) bool { return strings.HasSuffix(c, call) })
}

// applyFresh plans, and applies to usb as s has it.
func (w *world) applyFresh(ctx context.Context, t *testing.T, s *fresh) (outcome.Result, error) {
	t.Helper()
	return w.applyFreshPlan(ctx, t, w.plan(t), s)
}

func (w *world) applyFreshPlan(ctx context.Context, t *testing.T, plan *diff.Plan, s *fresh) (outcome.Result, error) {
	t.Helper()
	s.Store = w.stores["usb"]
	stores := map[string]providers.Store{"vms": w.stores["vms"], "nas": w.stores["nas"], "usb": s}
	return apply.Run(ctx, plan, apply.Options{Run: thisRun, Stores: stores, Now: now, Machine: lock.Here(t.TempDir())})
}

func unused(t *testing.T) *world {
	t.Helper()
	w := scene(t, "first use")
	w.stores["usb"] = mem.New(yesterday, mem.Sessions(4))
	return w
}

const trialOf = ".vmxsync/move-test-folders"

func TestRun_triesTheRenameWhileTheRootIsClaimed(t *testing.T) {
	w := unused(t)
	tried := newSignal()
	s := &fresh{meets: func(ctx context.Context, p string) error {
		if p == trialOf {
			tried.close()
		}
		if p == dir.NextOwner() {
			return await(ctx, tried)
		}
		return nil
	}}
	r, err := w.applyFresh(t.Context(), t, s)
	must(t, r, err)
	for i, call := range s.calls[:s.index("rename "+dir.Owner())] {
		if p := call[strings.IndexByte(call, ' ')+1:]; !strings.HasPrefix(p, work+"/") {
			t.Errorf("call %d, before the root is ours: %s", i, call)
		}
	}
	if !w.has(t, "usb", key("UsbBart", 21).String()) {
		t.Error("the set is missing")
	}
}

func await(ctx context.Context, s *signal) error {
	select {
	case <-s.c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Second):
		return errors.New("nothing was tried")
	}
}

// A root that could not be claimed is left as it was, however far the trial has come.
func TestRun_trialLeavesNothingInARootThatIsNotOurs(t *testing.T) {
	refusal := errors.New("no")
	for _, c := range []struct {
		name      string
		at        string // what is written as the claim of the root fails
		interrupt bool   // it fails because of an interrupt
	}{
		{"refused as the trial begins", dir.Staging() + "/move-test-folders/move-test", false},
		{"refused in its midst", trialOf, false},
		{"refused as it ends", trialOf + "/move-test", false},
		{"interrupted as it begins", dir.Staging() + "/move-test-folders/move-test", true},
		{"interrupted in its midst", trialOf, true},
		{"interrupted as it ends", trialOf + "/move-test", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := unused(t)
			before := w.tree(t, "usb")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			reached := newSignal()
			s := &fresh{meets: func(ctx context.Context, p string) error {
				switch {
				case p == c.at:
					reached.close()
					if c.interrupt {
						cancel()
					}
				case p == dir.NextOwner():
					return errors.Join(await(ctx, reached), refusal)
				}
				return nil
			}}
			if _, err := w.applyFresh(ctx, t, s); err == nil {
				t.Fatal("no error")
			}
			if s.index(c.at) < 0 {
				t.Error("nothing was tried")
			}
			if why := unlike(map[string]tree{"usb": before}, map[string]tree{"usb": w.tree(t, "usb")}); why != "" {
				t.Errorf("left behind: %s", why)
			}
		})
	}
}

// What was in the staging folder of a root without an owner stays there.
func TestRun_trialLeavesWhatWasStaged(t *testing.T) {
	w := unused(t)
	w.plant("usb", dir.Staging()+"/note.txt", "of somebody")
	before := w.tree(t, "usb")
	s := &fresh{meets: func(_ context.Context, p string) error {
		if p == dir.NextOwner() {
			return errors.New("no")
		}
		return nil
	}}
	if _, err := w.applyFresh(t.Context(), t, s); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	after := w.tree(t, "usb")
	delete(after, path.Dir(dir.Held())) // the folder of locks stays
	if why := unlike(map[string]tree{"usb": before}, map[string]tree{"usb": after}); why != "" {
		t.Errorf("changed: %s", why)
	}
}

// A root that belongs to another configuration is changed by nothing but the step that takes
// it over, until it is ours.
func TestRun_triesNothingInARootThatIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := unused(t)
		w.plant("usb", dir.Owner(), "beta\n")
		plan, err := diff.Compute(diff.Input{Spec: w.spec, Inventories: w.read(t.Context()), Now: now(), Options: diff.Options{TakeOver: true}})
		if err != nil {
			t.Fatal(err)
		}
		s := &fresh{meets: func(_ context.Context, p string) error {
			if p == dir.NextOwner() {
				time.Sleep(time.Millisecond) // until nothing else is under way
			}
			return nil
		}}
		r, err := w.applyFreshPlan(t.Context(), t, plan, s)
		must(t, r, err)
		owned, tried := s.index("rename "+dir.Owner()), s.index(trialOf)
		if owned < 0 || tried < owned {
			t.Errorf("tried in call %d, and owned in call %d", tried, owned)
		}
	})
}

// Where another apply has taken over the lock, the folder may be its own by now.
func TestRun_cleansUpAfterNoTrialWithoutTheLock(t *testing.T) {
	w := unused(t)
	tried := newSignal()
	s := &fresh{}
	s.meets = func(ctx context.Context, p string) error {
		switch {
		case p == trialOf:
			for _, name := range w.holders(t, "usb") {
				if err := s.Store.Remove(ctx, path.Join(dir.Held(), name)); err != nil {
					return err
				}
			}
			w.plant("usb", path.Join(dir.Held(), "another"), "")
			tried.close()
		case p == dir.NextOwner():
			return errors.Join(await(ctx, tried), errors.New("no"))
		}
		return nil
	}
	if _, err := w.applyFresh(t.Context(), t, s); err == nil {
		t.Fatal("no error")
	}
	if i := s.index("remove " + dir.Staging()); i >= 0 {
		t.Errorf("call %d: %s", i, s.calls[i])
	}
}

// The claims of the sets wait for a trial that is under way, and no file is sent where it is
// refused.
func TestRun_sendsNothingWhereTheTrialAheadIsRefused(t *testing.T) {
	w := unused(t)
	s := &fresh{meets: func(_ context.Context, p string) error {
		if strings.HasPrefix(path.Base(p), "move-test") && path.Dir(p) == work {
			return errors.New("renames are not allowed")
		}
		return nil
	}}
	r, err := w.applyFresh(t.Context(), t, s)
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "usb/"+key("UsbBart", 21).String(), "renames are not allowed")
	if i := s.index("/disk-flat.vmdk"); i >= 0 {
		t.Errorf("call %d: %s", i, s.calls[i])
	}
}
