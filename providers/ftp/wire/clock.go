package wire

import (
	"crypto/tls"
	"time"
)

// clock is the time of the TLS sessions of one control connection. crypto/tls
// does not resume a session once the certificate of its server has expired,
// and has no other way to learn that this does not matter; but
// many servers refuse data connections that do not resume. So the clock starts
// again at the beginning of the certificate's validity as soon as it is
// trusted. It goes on from there as fast as any other: the age of a ticket is
// right. Certificates are verified by the clock of the machine.
type clock struct {
	shift time.Duration
	set   bool
}

func (c *clock) now() time.Time { return time.Now().Add(c.shift) }

// start is for the first handshake, before the server has issued tickets.
func (c *clock) start(at time.Time) {
	if !c.set {
		c.shift, c.set = time.Until(at), true
	}
}

// secureBy makes what belongs to one control connection and its data
// connections: the ticket, the clock by which it ages, and what the server
// asked for.
func secureBy(s *Session, shared *tls.Config) {
	clock := new(clock)
	s.tls = shared.Clone()
	s.tls.ClientSessionCache = new(ticket)
	s.tls.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return show(s) }
	s.tls.Time = clock.now
	s.tls.VerifyConnection = func(state tls.ConnectionState) error {
		if err := shared.VerifyConnection(state); err != nil {
			return err
		}
		clock.start(state.PeerCertificates[0].NotBefore)
		return nil
	}
}

// ticket is the TLS session of one control connection. Servers want the data
// connections to resume exactly that one, but each data connection has another
// address and brings tickets of its own: so the key is ignored, and nothing is
// kept any more once the ticket has been used.
type ticket struct {
	state *tls.ClientSessionState
	used  bool
}

func (t *ticket) Get(string) (*tls.ClientSessionState, bool) {
	t.used = t.used || t.state != nil
	return t.state, t.state != nil
}

func (t *ticket) Put(_ string, state *tls.ClientSessionState) {
	if !t.used && state != nil {
		t.state = state
	}
}
