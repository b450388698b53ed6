package wire

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// conn is TCP on which no single move of bytes may take longer than wait.
//
// One goroutine reads and writes; abort may be called by any other.
type conn struct {
	net.Conn
	wait  time.Duration
	named string // the attribute that the wait comes from; "": none
	reset bool   // by abort: true for data connections
	// prompt: what comes is acknowledged at once. A server that writes a reply in
	// pieces, and waits with the second for the acknowledgement of the first (Nagle,
	// RFC 896), loses 40 ms with each command otherwise: GNU inetutils-ftpd and
	// netkit's were measured.
	prompt bool

	mu     sync.Mutex
	closed bool
}

func (c *conn) Read(p []byte) (int, error) {
	if err := c.reached(); err != nil {
		return 0, err
	}
	if err := c.SetReadDeadline(time.Now().Add(c.wait)); err != nil {
		return 0, err
	}
	if c.prompt {
		acknowledgeAtOnce(c.Conn)
	}
	n, err := c.Conn.Read(p)
	return n, c.expired(err)
}

// The attributes that waits come from.
const (
	connectTimeout = "timeouts.connect"
	ioTimeout      = "timeouts.io"
	replyTimeout   = "timeouts.reply"
)

// expired says which wait it was that ended.
func (c *conn) expired(err error) error {
	slow, ok := err.(net.Error)
	if !ok || !slow.Timeout() {
		return err
	}
	return &Expiry{slow: slow, Named: c.named, after: c.wait}
}

// Expiry is a wait that ended without a byte.
type Expiry struct {
	slow  net.Error // crypto/tls wants to know one
	Named string
	after time.Duration
	began bool // and the rest did not come
}

func (e *Expiry) Error() string {
	if e.began {
		return fmt.Sprintf("a reply was not complete %s after its first byte", e.after.Round(time.Millisecond))
	}
	return fmt.Sprintf("no data arrived for %s", e.after.Round(time.Millisecond))
}
func (e *Expiry) Unwrap() error   { return e.slow }
func (e *Expiry) Timeout() bool   { return true }
func (e *Expiry) Temporary() bool { return true }

// Write goes on after a deadline as long as bytes have moved since the last
// one: a slow line is not a dead one.
func (c *conn) Write(p []byte) (int, error) {
	if err := c.reached(); err != nil {
		return 0, err
	}
	sent := 0
	for {
		if err := c.SetWriteDeadline(time.Now().Add(c.wait)); err != nil {
			return sent, err
		}
		n, err := c.Conn.Write(p[sent:])
		sent += n
		if n == 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return sent, c.expired(err)
		}
	}
}

// reached waits for a connection that is being made: the time that this takes is not that
// of a move of bytes.
func (c *conn) reached() error {
	p, ok := c.Conn.(*pending)
	if !ok {
		return nil
	}
	_, err := p.wait()
	return err
}

// Close closes once; what comes later is no error.
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	return c.Conn.Close()
}

// abort ends the connection at once, a data connection by a reset: after a FIN
// a server would take what it has for the whole file. A reset of the control
// connection at the same time has been seen to send pyftpdlib into a loop.
func (c *conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	if p, ok := c.Conn.(*pending); ok {
		p.giveUp()
	}
	if tcp, ok := tcpOf(c.Conn); ok && c.reset {
		tcp.SetLinger(0)
	}
	c.Conn.Close()
}

// closeWrite sends a FIN and goes on reading.
func (c *conn) closeWrite() error {
	if tcp, ok := tcpOf(c.Conn); ok {
		return tcp.CloseWrite()
	}
	return nil
}
