package ftp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net/textproto"
	"strings"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// session is one logged-in control connection with at most one data
// connection. One call at a time uses it; kill may be called by any other
// goroutine and ends all its connections.
type session struct {
	dialer  *dialer
	library *ftp.ServerConn
	lister  *ftp.ServerConn // the same connection, for LIST where there is MLSD
	control *control
	tls     *tls.Config // of this session's data connections; nil: plain

	life context.Context // ends with the session
	kill func()

	asked bool // the server wanted to see a certificate

	features map[string]string
	hashing  string        // the algorithm that HASH was set to
	data     *data         // of the running transfer
	copyTo   *bytes.Buffer // gets what the next data connection reads, and the library nothing
	probing  bool          // what is sent next is a byte that rules out a full disk
	begun    bool          // a call
	reused   bool          // has been idle before the current call
	broken   bool          // nothing it says can be believed any more

	away      bool   // it may stand in another folder than the root; see walk.go
	rootName  string // what PWD calls the root, without a slash at its end
	rootNamed bool   // PWD has been asked
}

// finalReplyRate is the slowest disk that a server is expected to flush an
// upload to before it answers.
const finalReplyRate = 64 << 20 // bytes per second

// expectFinalReply gives the server the time to write what it was sent.
func (s *session) expectFinalReply(sent int64) {
	if s.probing {
		s.control.patience(s.dialer.waits.io, ioTimeout)
		return
	}
	s.control.patience(s.dialer.waits.reply+time.Duration(sent/finalReplyRate)*time.Second, replyTimeout)
}

// begin makes the session ready for a call.
func (s *session) begin() {
	s.reused, s.begun = s.begun, true
	s.control.patience(s.dialer.waits.io, ioTimeout)
	s.control.answered = false
}

// has reports whether the server offers a command in FEAT.
func (s *session) has(feature string) bool {
	_, ok := s.features[feature]
	return ok
}

// say is control.say with this package's errors.
func (s *session) say(expect int, format string, args ...any) (string, error) {
	text, err := s.control.say(expect, format, args...)
	return text, s.fault(err)
}

// fault turns what the library returned into a refusal, or into the loss of
// the session: after a reply that nobody expected, all others may be shifted.
func (s *session) fault(err error) error {
	var reply *textproto.Error
	switch {
	case err == nil:
		return nil
	case s.outOfStep(err):
		return providers.WithHint(&retry.Lost{Err: err}, outOfStepHint)
	case !errors.As(err, &reply) || reply.Code < 400:
		s.broken = true
		return &retry.Lost{Err: err}
	}
	if s.control.knows(s.control.verb) && (reply.Code == 500 || reply.Code == 502) {
		s.broken = true
		return &retry.Lost{Err: fmt.Errorf("the server accepted %s before: %v", s.control.verb, refused(reply.Code, reply.Msg).without(s.dialer.password))}
	}
	s.broken = s.broken || reply.Code < 500 || reply.Code == 501 && s.control.knows(s.control.verb)
	return refused(reply.Code, reply.Msg).without(s.dialer.password)
}

// anyPositive is fault for a command that is done with any positive reply that it
// can have: servers do not agree on which. See answers.
func (s *session) anyPositive(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code/100 == 2 {
		return nil
	}
	return s.fault(err)
}

// transferred is anyPositive after a data connection, whose own failure is the
// reason where the reply gives none. Without one that was opened and ended,
// nothing was transferred, whatever the server says.
func (s *session) transferred(err error) error {
	fault := s.anyPositive(err)
	d := s.data
	d.end()
	s.data = nil
	switch {
	case fault == nil && (d == nil || !d.ended && d.failed == nil && s.control.verb != "STOR"):
		s.broken = true
		return &retry.Lost{Err: errNoData}
	case d == nil || d.failed == nil:
		return fault
	}
	s.broken = true
	var r *refusal
	switch {
	case errors.Is(d.failed, providers.ErrListing), retry.IsLocal(d.failed):
		return d.failed
	case errors.As(fault, &r):
		return fault
	}
	return &retry.Lost{Err: d.failed}
}

// settle is for the end of a call: a session that has said more than it was asked
// is not used again, and that something is missing is not believed. What was
// found was proven by replies of its own.
func (s *session) settle(result error) error {
	if s.broken || s.life.Err() != nil {
		return result
	}
	err := s.fault(s.control.unasked())
	s.broken = s.broken || err != nil
	if isLost(err) && errors.Is(result, fs.ErrNotExist) {
		return err
	}
	return result
}

// stale reports whether the server had given the session up before this call: it said
// nothing but goodbye. The library may have sent EPSV and then PASV.
func (s *session) stale(err error) bool {
	return s.reused && !s.control.answered && isLost(err)
}

// Usable reports whether another call may use the session.
func (s *session) Usable() bool { return !s.broken && s.life.Err() == nil }

// Discard ends the session without QUIT.
func (s *session) Discard() {
	s.control.raw.abort()
	s.kill()
}

// Quit says goodbye.
func (s *session) Quit(wait time.Duration) error {
	s.control.patience(wait, "")
	_, err := fmt.Fprint(s.control, "QUIT\r\n")
	return err
}

// Close hears the answer to Quit, and hangs up.
func (s *session) Close(wait time.Duration) {
	s.control.patience(wait, "")
	_, _, _ = s.control.textproto.ReadResponse(221)
	s.control.Conn.Close()
	s.kill()
}

// parseFeatures reads the reply to FEAT (RFC 2389).
func parseFeatures(reply string) map[string]string {
	found := make(map[string]string)
	for line := range strings.SplitSeq(reply, "\n") {
		if !strings.HasPrefix(line, " ") {
			continue
		}
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		found[name] = rest
	}
	return found
}
