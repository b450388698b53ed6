package wire

import (
	"context"
	"net"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// lastWord is how long a server is given to say why a transfer failed.
const lastWord = 10 * time.Second

// pending is a data connection that is being made while the command is on its way, which
// saves a round trip for each transfer. Whoever reads or writes waits for it. It is used
// where an earlier data connection of the same store was reached.
type pending struct {
	done   chan struct{} // closed when conn and err are known
	cancel context.CancelFunc
	conn   net.Conn
	err    error
}

// dialPending begins to connect. Where that fails, failed is called by another goroutine;
// and stuck where the transfer is not given up soon: a server that refuses the command
// closes its port, and says so.
func dialPending(ctx context.Context, dial func(context.Context) (net.Conn, error), failed, stuck func()) *pending {
	ctx, cancel := context.WithCancel(ctx)
	p := &pending{done: make(chan struct{}), cancel: cancel}
	go func() {
		p.conn, p.err = dial(ctx)
		close(p.done)
		if p.err == nil || ctx.Err() != nil {
			return
		}
		failed()
		if providers.Sleep(ctx, lastWord) == nil {
			stuck()
		}
	}()
	return p
}

func (p *pending) wait() (net.Conn, error) {
	<-p.done
	return p.conn, p.err
}

// failure is why there is no connection; nil where there is one, or nobody knows yet.
func (p *pending) failure() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// giveUp ends the attempt, and returns the connection if there is one nevertheless.
func (p *pending) giveUp() (net.Conn, bool) {
	p.cancel()
	c, err := p.wait()
	return c, err == nil
}

func (p *pending) Read(b []byte) (int, error) {
	c, err := p.wait()
	if err != nil {
		return 0, err
	}
	return c.Read(b)
}

func (p *pending) Write(b []byte) (int, error) {
	c, err := p.wait()
	if err != nil {
		return 0, err
	}
	return c.Write(b)
}

// Close ends the attempt, or the connection.
func (p *pending) Close() error {
	if c, ok := p.giveUp(); ok {
		return c.Close()
	}
	return nil
}

func (p *pending) LocalAddr() net.Addr {
	if c, err := p.wait(); err == nil {
		return c.LocalAddr()
	}
	return nil
}

func (p *pending) RemoteAddr() net.Addr {
	if c, err := p.wait(); err == nil {
		return c.RemoteAddr()
	}
	return nil
}

func (p *pending) SetDeadline(t time.Time) error {
	c, err := p.wait()
	if err != nil {
		return err
	}
	return c.SetDeadline(t)
}

func (p *pending) SetReadDeadline(t time.Time) error {
	c, err := p.wait()
	if err != nil {
		return err
	}
	return c.SetReadDeadline(t)
}

func (p *pending) SetWriteDeadline(t time.Time) error {
	c, err := p.wait()
	if err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

var _ net.Conn = (*pending)(nil)

// tcpOf returns the TCP connection below c; false if it could not be made, or is another.
func tcpOf(c net.Conn) (*net.TCPConn, bool) {
	if p, ok := c.(*pending); ok {
		c, _ = p.wait()
	}
	tcp, ok := c.(*net.TCPConn)
	return tcp, ok
}
