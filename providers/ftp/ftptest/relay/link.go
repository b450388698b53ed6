package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// link is one connection of a client, continued to the server.
type link struct {
	ctx            context.Context // of the relay
	script         *Script
	client, server *net.TCPConn
	rate           bool // Faults.Rate applies
	opened         time.Time

	mu     sync.Mutex
	held   bool
	passed int64 // bytes, both ways together
	fate   int64 // cut by chance after so many of them; 0: not
}

// verdict is what becomes of a link after some bytes.
type verdict int

const (
	pass verdict = iota
	cut          // reset both connections
	hold         // pass nothing more, and close nothing
	end          // end this direction properly, and drop the rest
)

// judge looks at bytes before they pass and may change them.
type judge func(p []byte) ([]byte, verdict)

// run passes bytes both ways until both have ended, and closes the
// connections. Of a link that is held, they stay open until the relay closes.
func (l *link) run(up, down judge) {
	var both sync.WaitGroup
	both.Go(func() { l.flow(l.server, l.client, l.byChance(up)) })
	both.Go(func() { l.flow(l.client, l.server, l.byChance(down)) })
	both.Wait()
	if l.isHeld() {
		<-l.ctx.Done()
	}
	l.client.Close()
	l.server.Close()
}

// byChance is judge, unless the link has come to its fate.
func (l *link) byChance(judge judge) judge {
	return func(p []byte) ([]byte, verdict) {
		if left, now := l.count(len(p)); now && l.script.fire(CutChance) {
			return p[:left], cut
		}
		return judge(p)
	}
}

// count reports whether the link is cut among n more bytes, and after how many.
func (l *link) count(n int) (left int64, now bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left = l.fate - l.passed
	l.passed += int64(n)
	if !reached(l.fate, l.passed) {
		return 0, false
	}
	l.fate = 0
	return left, true
}

// flow passes bytes in one direction, and its end: properly, or as a reset.
func (l *link) flow(dst, src *net.TCPConn, judge judge) {
	queue := make(chan parcel, 64)
	delivered := make(chan struct{})
	go func() {
		defer close(delivered)
		l.deliver(dst, queue)
	}()
	v := l.collect(src, queue, judge)
	close(queue)
	<-delivered
	switch v {
	case cut:
		reset(l.client, l.server)
	case pass, end:
		dst.CloseWrite()
	}
	if v == end {
		io.Copy(io.Discard, src)
	}
}

// parcel is some bytes and when they are due.
type parcel struct {
	bytes []byte
	due   time.Time
}

func (l *link) collect(src io.Reader, queue chan<- parcel, judge judge) verdict {
	buf := make([]byte, 16<<10)
	for {
		n, err := src.Read(buf)
		if l.isHeld() {
			return hold
		}
		out, v := judge(buf[:n])
		if v == hold {
			l.hold() // before the server sees these bytes: its answer must not be judged again
		}
		queue <- parcel{append([]byte(nil), out...), l.due()}
		switch {
		case v == hold:
			return hold
		case v != pass:
			return v
		case errors.Is(err, io.EOF):
			return pass
		case err != nil:
			return cut
		}
	}
}

// due is when bytes that have come just now arrive at the other end.
func (l *link) due() time.Time {
	f := l.script.current()
	sent := time.Now()
	if connected := l.opened.Add(f.Connect); sent.Before(connected) {
		sent = connected
	}
	return sent.Add(f.Delay)
}

func (l *link) deliver(dst io.Writer, queue <-chan parcel) {
	var free time.Time // when the line has room for more, where it is limited
	for p := range queue {
		at := p.due
		if free.After(at) {
			at = free
		}
		wait(l.ctx, time.Until(at))
		if rate := l.script.current().Rate; l.rate && rate > 0 {
			free = caughtUp(at, time.Now()).Add(time.Duration(len(p.bytes)) * time.Second / time.Duration(rate))
		}
		if _, err := dst.Write(p.bytes); err != nil && !l.isHeld() {
			reset(l.client, l.server) // the other direction may have ended before
		}
	}
}

// caughtUp is when bytes went that were to go at that time: what timers and writes have cost
// is made up for, and not what the other end has waited.
func caughtUp(at, now time.Time) time.Time {
	const most = 50 * time.Millisecond
	if now.Sub(at) > most {
		return now.Add(-most)
	}
	return at
}

func (l *link) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = true
}

func (l *link) isHeld() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held
}

// reset closes connections so that their peers see an error, not an end.
func reset(all ...*net.TCPConn) {
	for _, c := range all {
		c.SetLinger(0)
		c.Close()
	}
}

// wait passes the time, but not beyond the life of the relay.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
