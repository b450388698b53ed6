package wire

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Four blocks take minutes at this rate. Something moves on each connection
// all the time, and no single write is longer than `timeouts.io`.
func TestTransfer_isSmoothAndTakesNothingFromTheTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := providers.NewPace(func(time.Time) int64 { return 10 << 10 })
		var all sync.WaitGroup
		for range 4 {
			here, there := net.Pipe()
			all.Go(func() {
				defer here.Close()
				if err := sendBlock(here, time.Millisecond, pace, make([]byte, 512<<10)); err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				if got := longestPause(there); got > time.Second {
					t.Errorf("nothing came for %v", got)
				}
			})
		}
		all.Wait()
	})
}

// longestPause reads to the end.
func longestPause(r io.Reader) (longest time.Duration) {
	p := make([]byte, 64<<10)
	for last := time.Now(); ; last = time.Now() {
		if _, err := r.Read(p); err != nil {
			return longest
		}
		longest = max(longest, time.Since(last))
	}
}

// sendBlock sends p on a data connection over c, on which a write may take wait.
func sendBlock(c net.Conn, wait time.Duration, pace *providers.Pace, p []byte) error {
	raw := &conn{Conn: c, wait: wait}
	s := &Session{Dialer: &Dialer{Pace: pace}, Life: context.Background()}
	return (&data{Conn: raw, raw: raw, session: s}).write(p)
}
