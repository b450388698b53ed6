package relay

import (
	"context"
	"net"
	"strconv"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Relay stands between clients and a server on this machine, counts
// connections and misbehaves as it is configured to.
//
// In clear it reads the control connection and puts itself into the replies
// that name passive ports. Under TLS it can read nothing: there it listens on
// the passive ports of a real server, on another loopback address (on Linux),
// where EPSV leads the client back to it. Data connections of the in-process
// server under TLS pass by the relay. A fault that cannot happen for one of
// these reasons is refused.
type Relay struct {
	Host string // under TLS not 127.0.0.1, but the certificate is good for it
	Port int

	target Target
	ctx    context.Context // done when the relay closes
	cancel context.CancelFunc
	testserver.OpenSet

	*Script
	*Counts
}

// New starts a relay in front of t.
func New(t Target, f Faults) (*Relay, error) {
	r := &Relay{target: t, Script: &Script{}, Counts: &Counts{commands: map[string]int{}}}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	err := r.Set(f)
	if err == nil {
		err = r.listen()
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Addr is host:port of the control connection.
func (r *Relay) Addr() string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

// Set changes the faults, also for connections that are open, and forgets the
// hits so far.
func (r *Relay) Set(f Faults) error {
	if err := f.possible(r.target); err != nil {
		return err
	}
	r.Script.set(f)
	return nil
}

// Close ends the relay with all connections. The server goes on.
func (r *Relay) Close() error {
	r.cancel()
	r.ShutDown()
	return nil
}
