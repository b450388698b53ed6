package lock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// TestWritten_writesTheNameAgainOnlyWhenItIsOld: the name that was written to take the lock
// shows the time of the place.
func TestWritten_writesTheNameAgainOnlyWhenItIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := faults.New()
		puts := 0
		script.Observe(func(c faults.Call) {
			if c.Op == faults.Put {
				puts++
			}
		})
		l := take(t, machine(t), nas(faults.Wrap(mem.New(time.Now), script)))
		for _, c := range []struct {
			wait time.Duration
			puts int
		}{{0, 1}, {5 * time.Second, 1}, {6 * time.Second, 2}} {
			time.Sleep(c.wait)
			at, err := l.Written(t.Context())
			if old := time.Since(at); err != nil || old > 10*time.Second || puts != c.puts {
				t.Errorf("%s later: written %s ago in %d calls, %v; want %d", c.wait, old, puts, err, c.puts)
			}
		}
		release(t, l)
	})
}
