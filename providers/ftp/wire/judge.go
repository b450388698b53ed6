package wire

import (
	"errors"
	"fmt"
	"io/fs"
	"net/textproto"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Fault turns what the library returned into a refusal, or into the loss of
// the session: after a reply that nobody expected, all others may be shifted.
func (s *Session) Fault(err error) error {
	var reply *textproto.Error
	switch {
	case err == nil:
		return nil
	case s.outOfStep(err):
		return providers.WithHint(&retry.Lost{Err: err}, outOfStepHint)
	case !errors.As(err, &reply) || reply.Code < 400:
		s.Broken = true
		return &retry.Lost{Err: err}
	}
	if s.control.knows(s.control.verb) && (reply.Code == 500 || reply.Code == 502) {
		s.Broken = true
		return &retry.Lost{Err: fmt.Errorf("the server accepted %s before: %v", s.control.verb, Refused(reply.Code, reply.Msg).without(s.Dialer.Password))}
	}
	s.Broken = s.Broken || reply.Code < 500 || reply.Code == 501 && s.control.knows(s.control.verb)
	return Refused(reply.Code, reply.Msg).without(s.Dialer.Password)
}

// AnyPositive is fault for a command that is done with any positive reply that it
// can have: servers do not agree on which. See answers.
func (s *Session) AnyPositive(err error) error {
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code/100 == 2 {
		return nil
	}
	return s.Fault(err)
}

// Transferred is anyPositive after a data connection, whose own failure is the
// reason where the reply gives none. Without one that was opened and ended,
// nothing was transferred, whatever the server says.
func (s *Session) Transferred(err error) error {
	fault := s.AnyPositive(err)
	d := s.data
	d.end()
	if !Answered(fault) || IsTrouble(fault) {
		d.noteUnreached()
	}
	s.data = nil
	switch {
	case fault == nil && (d == nil || !d.ended && d.failed == nil && s.control.verb != "STOR"):
		s.Broken = true
		return &retry.Lost{Err: errNoData}
	case d == nil || d.failed == nil:
		return fault
	}
	s.Broken = true
	var r *Refusal
	switch {
	case errors.Is(d.failed, providers.ErrListing), retry.IsLocal(d.failed):
		return d.failed
	case errors.As(fault, &r):
		return fault
	}
	return &retry.Lost{Err: d.failed}
}

// outOfStep notes in the log why a session is given up.
func (s *Session) outOfStep(err error) bool {
	if !errors.Is(err, ErrOutOfStep) {
		return false
	}
	if !s.Broken {
		s.Dialer.Tell(fmt.Sprintf("a session was closed: %s", providers.Escape(s.Dialer.Redact(err.Error()))))
	}
	s.Broken = true
	return true
}

// Settle is for the end of a call: a session that has said more than it was asked
// is not used again, and that something is missing is not believed, nor a listing by
// STAT, which may end elsewhere. What else was found was proven by replies of its own.
func (s *Session) Settle(result error) error {
	if s.Broken || s.Life.Err() != nil {
		return result
	}
	err := s.Fault(s.control.unasked())
	s.Broken = s.Broken || err != nil
	if IsLost(err) && (s.listed || errors.Is(result, fs.ErrNotExist)) {
		return err
	}
	return result
}

// Stale reports whether the server had given the session up before this call: it said
// nothing but goodbye. The library may have sent EPSV and then PASV.
func (s *Session) Stale(err error) bool {
	return s.reused && !s.control.answered && IsLost(err)
}

// Unexpected ends a session whose server does not keep to the protocol.
func (s *Session) Unexpected(reply string) error {
	s.Broken = true
	return &retry.Lost{Err: errors.New("reply cannot be parsed: " + providers.Excerpt(s.Dialer.Redact(reply)))}
}

const outOfStepHint = "The server, or a device in between, answers a command twice or not at all. " +
	"Update the server, and run `vmxsync check` against it; -verbosity=trace shows the commands and replies."

// UnlessRefused takes a refusal as it is; what may be different the next time, and a lost
// connection, stay errors.
func UnlessRefused(err error) error {
	if Answered(err) && !Transient(err) {
		return nil
	}
	return err
}
