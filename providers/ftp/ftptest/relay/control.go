package relay

import (
	"io"
	"net"
)

// session continues a control connection to the server, or refuses it.
func (r *Relay) session(client *net.TCPConn) {
	r.arrive()
	defer r.depart()
	nth := r.next()
	f := r.current()
	switch {
	case f.RefuseSession == nth && r.fire(RefuseSession):
		io.WriteString(client, "421 Too many connections\r\n")
		client.Close()
		return
	case f.NoBanner && r.fire(NoBanner):
		io.Copy(io.Discard, client)
		client.Close()
		return
	}
	l, leave := r.dial(client, r.target.Port)
	if l == nil {
		return
	}
	defer leave()
	s := &session{script: r.Script, counts: r.Counts, root: r.target.Root, passive: r.passive, opaque: r.target.TLS == Implicit}
	l.run(s.commands, s.replies)
}
