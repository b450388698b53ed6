package ftp

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers/retry"
)

// noData is a data connection that was not reached. It is a loss that may pass.
type noData struct {
	err   error  // of the last dial
	both  bool   // EPSV was tried before PASV
	used  string // the host that was dialled
	named string // the address that PASV named, where it is another; else ""
}

func (n *noData) Error() string { return "no data connection: " + n.err.Error() }
func (n *noData) Unwrap() error { return n.err }

// reachData connects to where the server listens for data. Where the port of EPSV
// is closed or filtered, that of PASV may not be: then EPSV is not used any more
// by this store.
func (s *session) reachData(address string) (*conn, error) {
	raw, err := s.dialer.tcp(s.life, s.dialer.passive(address))
	if err == nil || s.life.Err() != nil {
		return raw, err
	}
	if !strings.EqualFold(s.control.verb, "EPSV") {
		return nil, s.unreached(address, err, false)
	}
	if _, refused := s.say(227, "PASV"); refused != nil {
		if isLost(refused) {
			return nil, refused
		}
		return nil, s.unreached(address, err, false)
	}
	_, port, _ := net.SplitHostPort(s.control.passive)
	host, _, _ := net.SplitHostPort(address)
	address = net.JoinHostPort(host, port)
	raw, second := s.dialer.tcp(s.life, s.dialer.passive(address))
	if second != nil {
		return nil, s.unreached(address, second, true)
	}
	if !s.dialer.noEPSV.Swap(true) {
		s.dialer.tell(fmt.Sprintf("the server's data port for EPSV cannot be reached (%v), the one for PASV can: using PASV from now on, as with epsv = false", err))
	}
	return raw, nil
}

func (s *session) unreached(address string, err error, both bool) error {
	host, _, _ := net.SplitHostPort(s.dialer.passive(address))
	n := &noData{err: err, both: both, used: host}
	if named, _, _ := net.SplitHostPort(s.control.passive); named != "" && named != host {
		n.named = named
	}
	return n
}

// dataHint explains what prevents data connections.
func (d *dialer) dataHint(n *noData) string {
	why := "The server's data port at %s cannot be reached"
	if n.both {
		why = "Neither the server's data port for EPSV nor the one for PASV can be reached at %s"
	}
	why = fmt.Sprintf(why, n.used)
	if retry.IsSlow(n.err) {
		why += fmt.Sprintf(" within %s (`timeouts.connect`)", d.waits.connect)
	}
	why += ": open the passive ports of the server in its firewall."
	if n.named == "" {
		return why
	}
	return why + fmt.Sprintf(" The server announced the address %s for data; vmxsync connects only to %s, the address of the server itself. "+
		"If data connections work only at %s, configure the server to announce %s or to listen there.", n.named, n.used, n.named, n.used)
}

// sixNumbers finds address and port of PASV wherever they stand (RFC 1123,
// 4.1.2.6): with brackets or without, text or blanks around.
var sixNumbers = regexp.MustCompile(`(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})`)

// readPassive notes the address in a reply to PASV, and gives the reply in the one
// form that the library reads.
func (c *control) readPassive(reply []byte) []byte {
	c.passive = ""
	m := sixNumbers.FindSubmatch(reply)
	if m == nil || c.replies.final != 227 {
		return reply
	}
	var n [6]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1]))
		if n[i] > 255 {
			return reply
		}
	}
	c.passive = fmt.Sprintf("%d.%d.%d.%d:%d", n[0], n[1], n[2], n[3], n[4]<<8|n[5])
	return fmt.Appendf(nil, "227 passive (%d,%d,%d,%d,%d,%d)\r\n", n[0], n[1], n[2], n[3], n[4], n[5])
}
