package apply_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/providers"
)

// interposed is a destination that does something else for one file, or for renames.
type interposed struct {
	providers.Store
	put    func() error
	rename func(from, to string) error
}

func (s interposed) Unwrap() providers.Store { return s.Store }

func (s interposed) Put(ctx context.Context, p string, b providers.Body) error {
	if s.put != nil && path.Base(p) == flat {
		return s.put()
	}
	return s.Store.Put(ctx, p, b)
}

func (s interposed) Rename(ctx context.Context, from, to string) error {
	if s.rename != nil {
		if err := s.rename(from, to); err != nil {
			return err
		}
	}
	return s.Store.Rename(ctx, from, to)
}

func (w *world) applyInterposed(t *testing.T, s interposed) error {
	t.Helper()
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
	for name, store := range w.stores {
		opts.Stores[name] = store
	}
	plan := w.plan(t)
	s.Store = w.stores["nas"]
	opts.Stores["nas"] = s
	r, err := apply.Run(t.Context(), plan, opts)
	if err == nil {
		t.Fatal("no error")
	}
	for _, o := range r.Outcomes {
		if o.Address == bart21 {
			return o.Err
		}
	}
	t.Fatal("no outcome")
	return nil
}

// TestRun_failedSendIsBlamedOnTheSourceThatChanged: the destination only knows that
// the bytes did not end where they should.
func TestRun_failedSendIsBlamedOnTheSourceThatChanged(t *testing.T) {
	local := path.Join(key("Bart", 21).String(), flat)
	text := content(key("Bart", 21))[flat]
	for name, c := range map[string]struct {
		change func(w *world)
		want   string
		hint   string
	}{
		"it grew":         {func(w *world) { w.plant("vms", local, text+"more") }, "it grew from ", "raise `settle`"},
		"it was cut":      {func(w *world) { w.plant("vms", local, text[1:]) }, "it shrank from ", "raise `settle`"},
		"it is as it was": {func(w *world) {}, "body goes on after its size", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			err := w.applyInterposed(t, interposed{put: func() error {
				c.change(w)
				return errors.New("body goes on after its size of 12 bytes")
			}})
			changed := errors.Is(err, source.ErrChanged)
			if !strings.Contains(err.Error(), c.want) || changed != (c.hint != "") || !strings.Contains(providers.Hint(err), c.hint) {
				t.Errorf("got %v, hint %q", err, providers.Hint(err))
			}
		})
	}
}

// TestRun_refusedRenameHasAHintThatHelps: in_place renames a file from one folder
// into another as well.
func TestRun_refusedRenameHasAHintThatHelps(t *testing.T) {
	refusal := errors.New(`server said 553 "Rename across folders is not allowed"`)
	for name, c := range map[string]struct {
		files       bool
		want, never string
	}{
		"folders only": {true, `publish = "in_place"`, "Both modes"},
		"all":          {false, "Both modes of `publish` need such renames", `publish = "in_place"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			err := w.applyInterposed(t, interposed{rename: func(from, to string) error {
				folder := !strings.Contains(path.Base(from), "test") && path.Base(from) != "manifest"
				if path.Dir(from) != path.Dir(to) && (folder || !c.files && path.Base(from) != "manifest") {
					return refusal
				}
				return nil
			}})
			if hint := providers.Hint(err); !errors.Is(err, refusal) || !strings.Contains(hint, c.want) || strings.Contains(hint, c.never) {
				t.Errorf("got %v, hint %q", err, hint)
			}
			for p := range w.tree(t, "nas") {
				if strings.HasPrefix(path.Base(p), "move-test") {
					t.Errorf("left behind: %s", p)
				}
			}
		})
	}
}
