package apply_test

import (
	"context"
	"errors"
	"path"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/providers"
)

// busyOnce is a store that refuses to say once what it holds of a file.
type busyOnce struct {
	providers.Store
	stats int
}

var errBusy = errors.New("550 busy")

func (s *busyOnce) Unwrap() providers.Store { return s.Store }

func (s *busyOnce) Stat(ctx context.Context, p string) (providers.File, error) {
	if path.Base(p) == flat {
		if s.stats--; s.stats >= 0 {
			return providers.File{}, errBusy
		}
	}
	return s.Store.Stat(ctx, p)
}

// TestRun_asksAgainAfterASingleRefusal: of a file that was just stored.
func TestRun_asksAgainAfterASingleRefusal(t *testing.T) {
	for refusals, ok := range []bool{true, true, false} {
		w := scene(t, chainScene)
		opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
		for name, s := range w.stores {
			opts.Stores[name] = s
		}
		opts.Stores["nas"] = &busyOnce{Store: w.stores["nas"], stats: refusals}
		_, err := apply.Run(t.Context(), w.plan(t), opts)
		if (err == nil) != ok {
			t.Errorf("%d refusals: %v", refusals, err)
		}
	}
}
