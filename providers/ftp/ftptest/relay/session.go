package relay

import (
	"bytes"
	"strings"
	"sync"
)

// session is one control connection through the relay.
type session struct {
	script *Script
	counts *Counts
	root   string // of the target

	// passive opens a port for one data connection and puts it into the reply.
	passive func(line string) string

	mu      sync.Mutex
	opaque  bool   // TLS has begun, or there is nothing to read from the start
	greeted bool   // the greeting has passed
	verb    string // of the last command
	passed  int64  // bytes, both ways together
	unsent  []byte // the begin of a reply line whose end has not come
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
			s.counts.countCommand(s.verb)
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
	limit := s.script.current().HoldControl
	if reached(limit, s.passed) && s.script.fire(HoldControl) {
		return upTo(p, limit-before), hold
	}
	return p, pass
}

// reply is what becomes of one line of a reply.
func (s *session) reply(line string) (string, verdict) {
	f := s.script.current()
	last := len(line) > 3 && line[3] == ' ' && line[0] >= '2'
	switch {
	case !s.greeted:
		s.greeted = last
		return s.greeting(f, line, last), pass
	case last && s.verb == f.LoseReplyTo && s.script.fire(LoseReplyTo):
		return "", cut
	case last && s.verb == f.HoldReplyTo && s.script.fire(HoldReplyTo):
		return "", hold
	case s.verb == "AUTH" && strings.HasPrefix(line, "234"):
		s.opaque = true
	case strings.HasPrefix(line, "227 "), strings.HasPrefix(line, "229 "):
		return s.passive(line), pass
	}
	return line, pass
}

func (s *session) greeting(f Faults, line string, last bool) string {
	switch {
	case f.Banner == "":
		return line
	case last && s.script.fire(Banner):
		return f.Banner + "\r\n"
	}
	return ""
}
