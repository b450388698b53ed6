package restore_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

// deleting is a place whose set another apply deletes at the first reading of its disk.
type deleting struct {
	providers.Store
	once sync.Once
}

func (d *deleting) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	var err error
	if strings.HasSuffix(p, ".vmdk") {
		d.once.Do(func() { err = d.Store.Rename(ctx, bart.String(), "trash") })
	}
	if err != nil {
		return nil, err
	}
	return d.Store.Open(ctx, p, offset)
}

func TestRun_aSetThatVanishesMeanwhileIsNamed(t *testing.T) {
	w := newWorld("nas")
	r, _, err := w.run(t, w.plan(t, "nas"), target(t, t.TempDir()), map[string]providers.Store{"nas": &deleting{Store: w.stores["nas"]}})
	if err == nil || len(r.Failures()) != 1 {
		t.Fatalf("got %v, %+v", err, r)
	}
	got := r.Failures()[0].Err.Error()
	if first, _, _ := strings.Cut(got, "\n"); !strings.Contains(first, "nas: the set is no longer at Bart/2026-11-21-010000") {
		t.Errorf("got %q", got)
	}
}
