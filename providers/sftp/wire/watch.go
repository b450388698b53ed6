package wire

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// The attributes that waits come from.
const (
	connectTimeout = "timeouts.connect"
	ioTimeout      = "timeouts.io"
	replyTimeout   = "timeouts.reply"
)

// Watch ends a session on whose channel nothing moves while a request is under way.
// SSH has no deadline for that: a jump host's connections have none at all, and what
// sshd itself says keeps a connection alive whose SFTP process hangs.
type Watch struct {
	expire func(*Expiry)

	mu    sync.Mutex
	timer *time.Timer // nil: no request is under way
	wait  time.Duration
	named string
	moved time.Time
	ours  bool // this side is at work, and the server owes nothing

	left int64  // bytes that may still come of what is bounded
	over func() // is called once they have come; nil: there is no bound
}

// begin starts to watch; what comes next may take wait, which named explains.
func (w *Watch) begin(wait time.Duration, named string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wait, w.named, w.moved, w.ours = wait, named, time.Now(), false
	if w.timer == nil {
		w.timer = time.AfterFunc(wait, w.look)
	} else {
		w.timer.Reset(wait)
	}
}

func (w *Watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

// Running reports whether the session ends where nothing moves.
func (w *Watch) Running() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.timer != nil
}

// look is called when the wait may be over.
func (w *Watch) look() {
	w.mu.Lock()
	idle := time.Since(w.moved)
	switch {
	case w.timer == nil:
		w.mu.Unlock()
		return
	case w.ours || idle < w.wait:
		rest := w.wait
		if !w.ours {
			rest -= idle
		}
		w.timer.Reset(rest)
		w.mu.Unlock()
		return
	}
	over := &Expiry{named: w.named, after: w.wait}
	w.mu.Unlock()
	w.expire(over)
}

// touch notes that n bytes have moved.
func (w *Watch) touch(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved = time.Now()
	if w.left -= int64(n); w.left < 0 && w.over != nil {
		w.over()
	}
}

// bound has over called if more than n bytes move, until it is called with nil.
func (w *Watch) bound(n int64, over func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left, w.over = n, over
}

// requestCost is what a request counts for at least, in bytes: answers without content
// end as well.
const requestCost = 1 << 10

// atWork stops the clock while this side reads a body, and starts it anew.
func (w *Watch) atWork(ours bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ours, w.moved = ours, time.Now()
}

// reader touches the watch for what comes.
func (w *Watch) reader(r io.Reader) io.Reader { return watchedReader{w, r} }

type watchedReader struct {
	watch *Watch
	from  io.Reader
}

func (r watchedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if n > 0 {
		r.watch.touch(n)
	}
	return n, err
}

// writer touches the watch for what goes out.
func (w *Watch) writer(to io.WriteCloser) io.WriteCloser { return watchedWriter{w, to} }

type watchedWriter struct {
	watch *Watch
	io.WriteCloser
}

func (w watchedWriter) Write(p []byte) (int, error) {
	n, err := w.WriteCloser.Write(p)
	if n > 0 {
		w.watch.touch(max(n, requestCost))
	}
	return n, err
}

// Body stops the clock while this side is reading.
func (w *Watch) Body(r io.Reader) io.Reader { return watchedBody{w, r} }

type watchedBody struct {
	watch *Watch
	from  io.Reader
}

func (b watchedBody) Read(p []byte) (int, error) {
	b.watch.atWork(true)
	defer b.watch.atWork(false)
	return b.from.Read(p)
}

// Expiry is a wait that ended without a byte.
type Expiry struct {
	named string
	after time.Duration
}

func (e *Expiry) Error() string {
	return fmt.Sprintf("no data arrived for %s", e.after.Round(time.Millisecond))
}
func (e *Expiry) Timeout() bool   { return true }
func (e *Expiry) Temporary() bool { return true }
