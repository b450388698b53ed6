package ftptest

import (
	"crypto/tls"
	"io"
	"net"
	"sync"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// doors is the control listener of the in-process server. Through openSet it
// knows all that the server has open, data connections included.
type doors struct {
	net.Listener
	testserver.OpenSet
	seen  *observer
	limit int         // of sessions; 0: none
	tls   *tls.Config // of implicit TLS, else nil
	odd   func(reply string) string
}

func openDoors(seen *observer, o Options, implicit *tls.Config) (*doors, error) {
	l, err := testserver.Listen(testserver.Loopback, o.Port)
	if err != nil {
		return nil, err
	}
	return &doors{Listener: l, seen: seen, limit: o.MaxConnections, tls: implicit, odd: o.odd}, nil
}

// Accept returns the next control connection within the limit, and turns away
// those beyond it.
func (d *doors) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !d.seen.enter(d.limit) {
			d.turnAway(c)
			continue
		}
		leave := d.Enter(c)
		if d.tls == nil { // after AUTH TLS no reply is recognised, and all pass as they are
			c = &oddDoor{c, d.odd}
		}
		return &door{Conn: c, leave: sync.OnceFunc(func() { d.seen.leave(); leave() })}, nil
	}
}

// turnAway answers 421 in the background: under TLS it takes a handshake.
func (d *doors) turnAway(c net.Conn) {
	leave := d.Enter(c)
	go func() {
		defer leave()
		defer c.Close()
		if d.tls != nil {
			c = tls.Server(c, d.tls)
			defer c.Close()
		}
		io.WriteString(c, "421 Too many connections\r\n")
	}()
}

// data makes a passive listener known, and what it accepts.
func (d *doors) data(l net.Listener) net.Listener {
	return &dataDoor{Listener: l, doors: d, leave: d.Enter(l)}
}

// Close stops listening, ends all sessions and waits until the server has
// noticed.
func (d *doors) Close() error {
	err := d.Listener.Close()
	d.ShutDown()
	return err
}

// door is a connection that doors knows.
type door struct {
	net.Conn
	leave func()
}

func (d *door) Close() error {
	defer d.leave()
	return d.Conn.Close()
}

// dataDoor is a passive listener that doors knows.
type dataDoor struct {
	net.Listener
	doors *doors
	leave func()
}

func (d *dataDoor) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &door{Conn: c, leave: d.doors.Enter(c)}, nil
}

func (d *dataDoor) Close() error {
	defer d.leave()
	return d.Listener.Close()
}
