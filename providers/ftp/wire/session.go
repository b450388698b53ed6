package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"github.com/jlaffaye/ftp"
)

// Session is one logged-in control connection with at most one data
// connection. One call at a time uses it; Discard may be called by any other
// goroutine and ends all its connections.
type Session struct {
	Dialer  *Dialer
	Library *ftp.ServerConn
	Lister  *ftp.ServerConn // the same connection, for LIST where there is MLSD
	Life    context.Context // ends with the session
	Broken  bool            // nothing it says can be believed any more
	Probing bool            // what is sent next is a byte that rules out a full disk

	control  *control
	tls      *tls.Config // of this session's data connections; nil: plain
	kill     func()      // ends Life
	asked    bool        // the server wanted to see a certificate
	features map[string]string
	data     *data         // of the running transfer
	copyTo   *bytes.Buffer // gets what the next data connection reads, and the library nothing
	begun    bool          // a call
	listed   bool          // by STAT, in the current call
	reused   bool          // has been idle before the current call
}

// FinalReplyRate is the slowest disk that a server is expected to flush an
// upload to before it answers.
const FinalReplyRate = 64 << 20 // bytes per second

// expectFinalReply gives the server the time to write what it was sent.
func expectFinalReply(s *Session, sent int64) {
	if s.Probing {
		s.control.patience(s.Dialer.Waits.IO, ioTimeout)
		return
	}
	s.control.patience(s.Dialer.Waits.Reply+time.Duration(sent/FinalReplyRate)*time.Second, replyTimeout)
}

// Begin makes the session ready for a call.
func (s *Session) Begin() {
	s.reused, s.begun = s.begun, true
	s.Patience(0)
	s.listed = false
	s.control.answered = false
}

// Has reports whether the server offers a command in FEAT.
func (s *Session) Has(feature string) bool {
	_, ok := s.features[feature]
	return ok
}

// Say is control.say with this package's errors.
func (s *Session) Say(expect int, format string, args ...any) (string, error) {
	text, err := s.control.say(expect, format, args...)
	return text, s.Fault(err)
}

// Usable reports whether another call may use the session.
func (s *Session) Usable() bool { return !s.Broken && s.Life.Err() == nil }

// Discard ends the session without QUIT.
func (s *Session) Discard() {
	s.control.raw.abort()
	s.kill()
}

// Quit says goodbye.
func (s *Session) Quit(wait time.Duration) error {
	s.control.patience(wait, "")
	_, err := fmt.Fprint(s.control, "QUIT\r\n")
	return err
}

// Close hears the answer to Quit, and hangs up.
func (s *Session) Close(wait time.Duration) {
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

// Feature is what FEAT says of a command, after its name.
func (s *Session) Feature(name string) string { return s.features[name] }

// Patience is how long the server may be silent from now on: as timeouts.io says, or
// as long as a wait of our own that is not 0.
func (s *Session) Patience(wait time.Duration) {
	if wait == 0 {
		s.control.patience(s.Dialer.Waits.IO, ioTimeout)
		return
	}
	s.control.patience(wait, "")
}

// PatienceFor is timeouts.io and, besides, the time that the server needs for its work.
func (s *Session) PatienceFor(work time.Duration) {
	s.control.patience(s.Dialer.Waits.IO+work, ioTimeout)
}

// Exchange is Say without a judgement on its error.
func (s *Session) Exchange(expect int, format string, args ...any) (string, error) {
	return s.control.say(expect, format, args...)
}

// SayAnyLength is Say for a line that may be longer than Dialer.Fits allows.
func (s *Session) SayAnyLength(expect int, format string, args ...any) (string, error) {
	s.control.trying = true
	defer func() { s.control.trying = false }()
	return s.Say(expect, format, args...)
}

// LastReply is the last reply of the server; see control.lastReply.
func (s *Session) LastReply() (code int, text string) { return s.control.lastReply() }

// Capture returns what the server sends on the data connection of a call of the
// library, and its final reply.
func (s *Session) Capture(call func() error) (raw []byte, final string, err error) {
	var all bytes.Buffer
	s.copyTo = &all
	defer func() { s.copyTo = nil }()
	if err := s.Transferred(call()); err != nil {
		return nil, "", err
	}
	return all.Bytes(), s.control.finalReply(), nil
}

// ForgetData is for a transfer that was left, of which no reply is to be judged.
func (s *Session) ForgetData() { s.data = nil }

// Sent is how many bytes of the running upload the kernel took; false: no upload runs.
func (s *Session) Sent() (int64, bool) {
	if s.data == nil || !s.data.upload {
		return 0, false
	}
	return s.data.sent, true
}

// ControlTLS is the TLS session of the control connection; false: there is none.
func ControlTLS(s *Session) (tls.ConnectionState, bool) {
	client, secured := s.control.Conn.(*tls.Conn)
	if !secured {
		return tls.ConnectionState{}, false
	}
	return client.ConnectionState(), true
}

// DataTLS is the TLS session of the data connection of the last call of the library,
// which was not judged yet; false: there is none.
func DataTLS(s *Session) (tls.ConnectionState, bool) {
	if s.data == nil {
		return tls.ConnectionState{}, false
	}
	client, secured := s.data.Conn.(*tls.Conn)
	if !secured {
		return tls.ConnectionState{}, false
	}
	return client.ConnectionState(), true
}
