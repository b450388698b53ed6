package apply_test

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// hiding is a store that has files which it does not list: parts of uploads that
// were cut, each of which keeps a file, and its folder, from what they are to be.
type hiding struct {
	providers.Store
	hidden map[string]bool // by the path of the file
}

func (s *hiding) Unwrap() providers.Store { return s.Store }

func (s *hiding) Put(ctx context.Context, p string, b providers.Body) error {
	if s.hidden[p] {
		return errors.New(`server said 550 "Temporary hidden file already exists"`)
	}
	return s.Store.Put(ctx, p, b)
}

func (s *hiding) Resume(ctx context.Context, p string, b providers.Body) (int64, error) {
	return 0, s.Put(ctx, p, b)
}

func (s *hiding) Rename(ctx context.Context, from, to string) error {
	err := s.Store.Rename(ctx, from, to)
	for p := range s.hidden {
		if rest, ok := strings.CutPrefix(p, from+"/"); ok && err == nil {
			delete(s.hidden, p)
			s.hidden[to+"/"+rest] = true
		}
	}
	return err
}

func (s *hiding) Remove(ctx context.Context, p string) error {
	for h := range s.hidden {
		if strings.HasPrefix(h, p+"/") {
			return errors.New(`server said 550 "Directory not empty"`)
		}
	}
	return s.Store.Remove(ctx, p)
}

func (s *hiding) RemoveLeftovers(_ context.Context, dir string, names []string) (removed []string, err error) {
	for p := range s.hidden {
		if path.Dir(p) == dir && slices.Contains(names, path.Base(p)) {
			delete(s.hidden, p)
			removed = append(removed, ".in."+path.Base(p)+".")
		}
	}
	return removed, nil
}

func (w *world) applyHiding(t *testing.T, plan *diff.Plan, s *hiding) (outcome.Result, []string) {
	t.Helper()
	var remarks []string
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Events: func(e event.Event) {
		if r, ok := e.(event.Remark); ok {
			remarks = append(remarks, r.Text)
		}
	}}
	for name, store := range w.stores {
		opts.Stores[name] = store
	}
	s.Store = w.stores["nas"]
	opts.Stores["nas"] = s
	r, err := apply.Run(t.Context(), plan, opts)
	must(t, r, err)
	return r, remarks
}

func TestRun_removesTheHiddenPartThatKeepsAFileOut(t *testing.T) {
	w := scene(t, chainScene)
	staged := dir.StagedSet(key("Bart", 21)) + "/" + flat
	_, remarks := w.applyHiding(t, w.plan(t), &hiding{hidden: map[string]bool{staged: true}})
	if got := w.tree(t, "nas")[path.Join(key("Bart", 21).String(), flat)]; got != content(key("Bart", 21))[flat] {
		t.Errorf("the disk holds %.80q", got)
	}
	if len(remarks) != 1 || !strings.Contains(remarks[0], ".in."+flat+".") {
		t.Errorf("remarks %q, want one that names the part", remarks)
	}
}

func TestRun_removesTheHiddenPartThatKeepsAFolder(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	hidden := map[string]bool{}
	for _, c := range plan.Changes {
		if c.Action == diff.Delete {
			_, victim, _ := strings.Cut(c.Address, "/")
			hidden[victim+"/"+flat] = true
		}
	}
	if len(hidden) == 0 {
		t.Fatal("the plan deletes nothing")
	}
	r, _ := w.applyHiding(t, plan, &hiding{hidden: hidden})
	for _, o := range r.Outcomes {
		if len(o.Warnings) > 0 {
			t.Errorf("%s: %q", o.Address, o.Warnings)
		}
	}
	if len(hidden) > 0 {
		t.Errorf("left behind: %v", hidden)
	}
}
