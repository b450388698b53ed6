package restore_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// paced is a place that gives each connection which reads the disk one block in a while.
type paced struct {
	providers.Store
	each    time.Duration // for a block
	mu      sync.Mutex
	longest time.Duration // of one reading
}

func (p *paced) Open(ctx context.Context, name string, offset int64) (io.ReadCloser, error) {
	r, err := p.Store.Open(ctx, name, offset)
	if err != nil || !strings.HasSuffix(name, "disk-flat.vmdk") {
		return r, err
	}
	return &pacedBody{r, p, time.Now()}, err
}

type pacedBody struct {
	io.ReadCloser
	of    *paced
	began time.Time
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	time.Sleep(time.Duration(n) * b.of.each / block)
	return n, err
}

func (b *pacedBody) Close() error {
	b.of.mu.Lock()
	defer b.of.mu.Unlock()
	b.of.longest = max(b.of.longest, time.Since(b.began))
	return b.ReadCloser.Close()
}

// TestRun_segmentsShareTheTime: where a server limits each connection, four of them take at
// most a third of the time of one. The clock is that of the test.
func TestRun_segmentsShareTheTime(t *testing.T) {
	took := map[int]time.Duration{}
	for _, sessions := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			w, dir := newWorld(), t.TempDir()
			w.stores["nas"] = mem.New(written, mem.Sessions(sessions))
			p, began := w.plan(t, "nas"), time.Now()
			if r, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": &paced{Store: w.stores["nas"], each: time.Second}}); err != nil {
				t.Fatal(err, r.Failures())
			}
			took[sessions] = time.Since(began)
			wantSet(t, dir)
		})
	}
	if took[1] < 3*took[4] {
		t.Errorf("4 connections take %s, and one %s", took[4], took[1])
	}
}

// TestRun_noSegmentKeepsItsSessionForLong: the mark of the restore has to be written in
// between, although all sessions are busy.
func TestRun_noSegmentKeepsItsSessionForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, dir := newWorld(), t.TempDir()
		w.stores["nas"] = mem.New(written, mem.Sessions(1))
		p, at := w.plan(t, "nas"), &paced{Store: w.stores["nas"], each: 40 * time.Second}
		if r, _, err := w.run(t, p, target(t, dir), map[string]providers.Store{"nas": at}); err != nil {
			t.Fatal(err, r.Failures())
		}
		wantSet(t, dir)
		if at.longest > 2*time.Minute {
			t.Errorf("one session was in use for %s", at.longest)
		}
	})
}
