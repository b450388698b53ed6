package apply_test

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/providers"
)

// cutting is a store that leaves one entry out of its listings, and says nothing.
type cutting struct {
	providers.Store
	hidden string
	puts   *[]string
}

func (s cutting) Unwrap() providers.Store { return s.Store }

func (s cutting) List(ctx context.Context, dir string) ([]providers.File, error) {
	files, err := s.Store.List(ctx, dir)
	return slices.DeleteFunc(files, func(f providers.File) bool { return f.Path == s.hidden }), err
}

func (s cutting) Put(ctx context.Context, p string, b providers.Body) error {
	*s.puts = append(*s.puts, p)
	return s.Store.Put(ctx, p, b)
}

// A set that is there, and that a listing cut in silence does not show, is not sent
// once more, and nothing is deleted on account of what would come.
func TestRun_asksForTheFinalNameBeforeASetIsSent(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	k := key("Bart", 21)
	w.complete("nas", k.String(), k)
	var puts []string
	nas := cutting{w.stores["nas"], k.String(), &puts}
	r, err := apply.Run(t.Context(), plan, apply.Options{
		Run: thisRun, Now: now, Stores: map[string]providers.Store{"vms": w.stores["vms"], "nas": nas},
	})
	if err == nil {
		t.Error("the apply is told to be complete")
	}
	told := errors.Join(failures(r)...)
	if told == nil || !errors.Is(told, providers.ErrListing) || !strings.Contains(told.Error(), "does not show "+path.Base(k.String())+", which exists") {
		t.Errorf("got %v, want that the listing is not complete", told)
	}
	for _, p := range puts {
		if strings.Contains(p, k.VM+"~"+string(k.Stamp)) {
			t.Errorf("%s was sent", p)
		}
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func failures(r outcome.Result) []error {
	var errs []error
	for _, o := range r.Outcomes {
		errs = append(errs, o.Err)
	}
	return errs
}
