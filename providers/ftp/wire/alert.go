package wire

import (
	"crypto/tls"
	"errors"
	"net"
)

// alert is the end of a TLS session by the server. Under TLS 1.3 it is heard
// only after the handshake, whatever was wrong with it.
type alert struct {
	err   error
	asked bool // the server wanted to see a certificate
}

func (a *alert) Error() string { return a.err.Error() }
func (a *alert) Unwrap() error { return a.err }

// heardAlert tells what crypto/tls does not: its alerts are of no type that
// can be named.
func heardAlert(err error) bool { return failedAt(err, "remote error") }

func failedAt(err error, op string) bool {
	at, ok := errors.AsType[*net.OpError](err)
	return ok && at.Op == op
}

// withAlert adds to an error at login what is known about its alert. A server
// that hung up after it resets what is written then: the alert is still there
// to be read.
func withAlert(s *Session, err error) error {
	if s.tls != nil && failedAt(err, "write") {
		if _, unread := s.control.Conn.Read(make([]byte, 1)); heardAlert(unread) {
			err = unread
		}
	}
	if !heardAlert(err) {
		return err
	}
	return &alert{err: err, asked: s.asked}
}

// show answers the request for a certificate with the one of the settings,
// also where the server's list of issuers does not fit: then it sends this alert.
func show(s *Session) (*tls.Certificate, error) {
	s.asked = true
	if own := s.Dialer.TLS.Certificates; len(own) > 0 {
		return &own[0], nil
	}
	return new(tls.Certificate), nil
}
