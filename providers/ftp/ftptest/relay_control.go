package ftptest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// session is one control connection through the relay.
type session struct {
	relay *Relay

	mu      sync.Mutex
	opaque  bool   // TLS has begun, or there is nothing to read from the start
	greeted bool   // the greeting has passed
	verb    string // of the last command
	passed  int64  // bytes, both ways together
	unsent  []byte // the begin of a reply line whose end has not come
}

// session continues a control connection to the server, or refuses it.
func (r *Relay) session(client *net.TCPConn) {
	nth := r.arrive()
	defer r.depart()
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
	l, leave := r.dial(client, r.server.Port)
	if l == nil {
		return
	}
	defer leave()
	s := &session{relay: r, opaque: r.server.TLS == Implicit}
	l.run(s.commands, s.replies)
}

// commands lets commands pass, counts them and remembers the last one. Clients send
// each in one piece, or several at once.
func (s *session) commands(p []byte) ([]byte, verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opaque && len(p) > 0 {
		for line := range strings.Lines(string(p)) {
			verb, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			s.verb = strings.ToUpper(verb)
			s.relay.countCommand(s.verb)
		}
		p = s.understood(p)
	}
	return s.count(p)
}

// replies lets replies pass, line by line as long as they can be read.
func (s *session) replies(p []byte) ([]byte, verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []byte
	for s.unsent = append(s.unsent, p...); !s.opaque; {
		line, rest, whole := bytes.Cut(s.unsent, []byte("\n"))
		if !whole {
			return s.count(out)
		}
		s.unsent = rest
		changed, v := s.reply(string(line) + "\n")
		out = append(out, changed...)
		if v != pass {
			return out, v
		}
	}
	out = append(out, s.unsent...)
	s.unsent = nil
	return s.count(out)
}

// count holds the session after Faults.HoldControl bytes.
func (s *session) count(p []byte) ([]byte, verdict) {
	before := s.passed
	s.passed += int64(len(p))
	limit := s.relay.current().HoldControl
	if reached(limit, s.passed) && s.relay.fire(HoldControl) {
		return upTo(p, limit-before), hold
	}
	return p, pass
}

// reply is what becomes of one line of a reply.
func (s *session) reply(line string) (string, verdict) {
	f := s.relay.current()
	last := len(line) > 3 && line[3] == ' ' && line[0] >= '2'
	switch {
	case !s.greeted:
		s.greeted = last
		return s.greeting(f, line, last), pass
	case last && s.verb == f.LoseReplyTo && s.relay.fire(LoseReplyTo):
		return "", cut
	case last && s.verb == f.HoldReplyTo && s.relay.fire(HoldReplyTo):
		return "", hold
	case s.verb == "AUTH" && strings.HasPrefix(line, "234"):
		s.opaque = true
	case strings.HasPrefix(line, "227 "), strings.HasPrefix(line, "229 "):
		return s.relay.passive(line), pass
	}
	return line, pass
}

func (s *session) greeting(f Faults, line string, last bool) string {
	switch {
	case f.Banner == "":
		return line
	case last && s.relay.fire(Banner):
		return f.Banner + "\r\n"
	}
	return ""
}

var (
	inPASV = regexp.MustCompile(`\d+,\d+,\d+,\d+,(\d+),(\d+)`)
	inEPSV = regexp.MustCompile(`\(\|\|\|(\d+)\|\)`)
)

// passive opens a port for one data connection and puts it into the reply.
func (r *Relay) passive(line string) string {
	port := 0
	if m := inPASV.FindStringSubmatch(line); m != nil {
		port = number(m[1])<<8 | number(m[2])
	} else if m := inEPSV.FindStringSubmatch(line); m != nil {
		port = number(m[1])
	}
	own, err := r.once(port)
	if port == 0 || err != nil {
		return fmt.Sprintf("425 relay: no data connection for %q: %v\r\n", line, err)
	}
	if strings.HasPrefix(line, "227") {
		return fmt.Sprintf("227 Entering Passive Mode (127,0,0,1,%d,%d).\r\n", own>>8, own&255)
	}
	return fmt.Sprintf("229 Entering Extended Passive Mode (|||%d|)\r\n", own)
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// once listens for one data connection and continues it to port.
func (r *Relay) once(port int) (own int, err error) {
	l, err := testserver.Listen(testserver.Loopback, 0)
	if err != nil {
		return 0, err
	}
	leave := r.Enter(l)
	go func() {
		defer leave()
		client, err := l.AcceptTCP()
		l.Close()
		if err == nil {
			defer r.Enter(client)()
			r.data(client, port)
		}
	}()
	return testserver.PortOf(l), nil
}
