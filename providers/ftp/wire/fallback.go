package wire

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/vmxsync/vmxsync/providers/retry"
)

// NoData is a data connection that was not reached. It is a loss that may pass.
type NoData struct {
	err   error  // of the last dial
	both  bool   // EPSV was tried before PASV
	used  string // the host that was dialled
	named string // the address that PASV named, where it is another; else ""
}

func (n *NoData) Error() string { return "no data connection: " + n.err.Error() }
func (n *NoData) Unwrap() error { return n.err }

// reachData connects to where the server listens for data. Where the port of EPSV
// is closed or filtered, that of PASV may not be: then EPSV is not used any more
// by this store.
func reachData(s *Session, address string) (*conn, error) {
	if s.Dialer.reached.Load() {
		return reachLater(s, address), nil
	}
	raw, err := reachNow(s, address)
	if err == nil {
		s.Dialer.reached.Store(true)
	}
	return raw, err
}

// reachLater connects while the command is on its way. Where that fails, the session ends:
// the server would be waited for, which waits for the connection. The next attempt of the
// store waits for its connection, and tries PASV.
func reachLater(s *Session, address string) *conn {
	p := dialPending(s.Life, func(ctx context.Context) (net.Conn, error) {
		c, err := s.Dialer.connect(ctx, s.Dialer.passive(address))
		if err != nil {
			return nil, unreached(s, address, err, false)
		}
		return c.Conn, nil
	}, func() { s.Dialer.reached.Store(false) }, s.control.raw.abort)
	return &conn{Conn: p, wait: s.Dialer.Waits.IO, named: ioTimeout}
}

func reachNow(s *Session, address string) (*conn, error) {
	raw, err := s.Dialer.connect(s.Life, s.Dialer.passive(address))
	if err == nil || s.Life.Err() != nil {
		return raw, err
	}
	if !strings.EqualFold(s.control.verb, "EPSV") {
		return nil, unreached(s, address, err, false)
	}
	if _, refused := s.Say(227, "PASV"); refused != nil {
		if IsLost(refused) {
			return nil, refused
		}
		return nil, unreached(s, address, err, false)
	}
	_, port, _ := net.SplitHostPort(s.control.passive)
	host, _, _ := net.SplitHostPort(address)
	address = net.JoinHostPort(host, port)
	raw, second := s.Dialer.connect(s.Life, s.Dialer.passive(address))
	if second != nil {
		return nil, unreached(s, address, second, true)
	}
	if !s.Dialer.noEPSV.Swap(true) {
		s.Dialer.Tell(fmt.Sprintf("the server's data port for EPSV cannot be reached (%v), the one for PASV can: using PASV from now on, as with epsv = false", err))
	}
	return raw, nil
}

func unreached(s *Session, address string, err error, both bool) error {
	host, _, _ := net.SplitHostPort(s.Dialer.passive(address))
	n := &NoData{err: err, both: both, used: host}
	if named, _, _ := net.SplitHostPort(s.control.passive); named != "" && named != host {
		n.named = named
	}
	return n
}

// DataHint explains what prevents data connections.
func (d *Dialer) DataHint(n *NoData) string {
	why := "The server's data port at %s cannot be reached"
	if n.both {
		why = "Neither the server's data port for EPSV nor the one for PASV can be reached at %s"
	}
	why = fmt.Sprintf(why, n.used)
	if retry.IsSlow(n.err) {
		why += fmt.Sprintf(" within %s (`timeouts.connect`)", d.Waits.Connect)
	}
	why += ": open the passive ports of the server in its firewall."
	if n.named == "" {
		return why
	}
	return why + fmt.Sprintf(" The server announced the address %s for data; vmxsync connects only to %s, the address of the server itself. "+
		"If data connections work only at %s, configure the server to announce %s or to listen there.", n.named, n.used, n.named, n.used)
}
