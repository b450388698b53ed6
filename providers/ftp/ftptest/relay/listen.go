package relay

import (
	"net"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// LastAddress is the last byte of the last address, 127.0.0.x, that a relay may take.
const LastAddress = 9

// listen opens the control port and, under TLS of a real server, its passive
// ports on an address where they are free.
func (r *Relay) listen() error {
	if r.target.TLS == Off || r.target.Passive == (testserver.PortRange{}) {
		return r.listenOn(1, testserver.PortRange{First: 1})
	}
	err := testserver.ErrNoPort
	for last := byte(2); err != nil && last <= LastAddress; last++ {
		err = r.listenOn(last, r.target.Passive)
	}
	return err
}

// listenOn opens all ports on 127.0.0.last, or none.
func (r *Relay) listenOn(last byte, passive testserver.PortRange) error {
	ip := net.IPv4(127, 0, 0, last)
	control, err := testserver.Listen(ip, 0)
	if err != nil {
		return err
	}
	data := map[*net.TCPListener]int{}
	for port := passive.First; port <= passive.Last; port++ {
		l, err := testserver.ListenAt(ip, port)
		if err != nil {
			closeAll(control, data)
			return err
		}
		data[l] = port
	}
	r.Host, r.Port = ip.String(), testserver.PortOf(control)
	r.serve(control, r.session)
	for l, port := range data {
		r.serve(l, func(client *net.TCPConn) { r.data(client, port) })
	}
	return nil
}

func closeAll(control *net.TCPListener, data map[*net.TCPListener]int) {
	control.Close()
	for l := range data {
		l.Close()
	}
}

// serve handles every connection to l, in the background.
func (r *Relay) serve(l *net.TCPListener, handle func(*net.TCPConn)) {
	leave := r.Enter(l)
	go func() {
		defer leave()
		for {
			c, err := l.AcceptTCP()
			if err != nil {
				return
			}
			done := r.Enter(c)
			go func() {
				defer done()
				handle(c)
			}()
		}
	}()
}
