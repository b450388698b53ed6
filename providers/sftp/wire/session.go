package wire

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
)

// Session is one SSH connection with one SFTP channel. One call at a time uses it;
// Discard may be called by any other goroutine.
type Session struct {
	waits  account.Waits
	ssh    *ssh.Client
	client *sftp.Client
	close  func() // what is below: the connection, and that to a jump host
	Watch  Watch  // while a request is under way
	Trace  *providers.SessionTrace
	hidden hidden

	broken  atomic.Bool
	expired atomic.Pointer[Expiry]
	used    bool        // a call before this one
	heard   atomic.Bool // anything from the server in this call
}

// Usable reports whether another call may use the session.
func (s *Session) Usable() bool { return !s.broken.Load() }

// Discard ends it at once.
func (s *Session) Discard() {
	if !s.broken.Swap(true) {
		s.close()
	}
}

// Quit has nothing to say: SSH has no goodbye that is answered.
func (s *Session) Quit(time.Duration) error { return nil }

// Close ends the channel, and the connection once the server has done the same.
func (s *Session) Close(wait time.Duration) {
	late := time.AfterFunc(wait, s.Discard)
	defer late.Stop()
	s.client.Close()
	s.Discard()
}

// Begin makes the session ready for a call.
func (s *Session) Begin() {
	s.heard.Store(false)
	s.Watch.begin(s.waits.IO, ioTimeout)
}

// End is for the end of a call.
func (s *Session) End() {
	s.used = true
	s.Watch.end()
}

// Reading watches the session while it waits for the bytes of a file, until idle.
func (s *Session) Reading() { s.Watch.begin(s.waits.IO, ioTimeout) }

// Idle ends the watch: the server owes nothing.
func (s *Session) Idle() { s.Watch.end() }

// Patient lets the next request take longer: what was written may have to reach a disk.
func (s *Session) Patient(size int64) {
	s.Watch.begin(s.waits.Reply+time.Duration(size/finalReplyRate)*time.Second, replyTimeout)
}

// finalReplyRate is the slowest disk that a server is expected to flush an upload to
// before it answers.
const finalReplyRate = 64 << 20 // bytes per second

// Ask traces a request and turns what the library returned into this package's errors.
func (s *Session) Ask(verb, name string, request func() error) error {
	s.Trace.Sent(verb + " " + name)
	err := s.Fault(request())
	s.Trace.Received(outcome(err))
	return err
}

func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}

// Fault turns what the library returned into a refusal, or into the loss of the session.
// A body that cannot be read is neither, nor is a listing that was given up, and what is
// Lost already has its own words.
func (s *Session) Fault(err error) error {
	if err == nil || err == io.EOF {
		s.heard.Store(true)
		return err
	}
	if retry.IsLocal(err) || retry.IsLost(err) || errors.Is(err, providers.ErrListing) {
		return err
	}
	if r, ok := answer(err); ok {
		s.heard.Store(true)
		r.text = s.hidden.text(r.text)
		return r
	}
	return s.lost(err)
}

func (s *Session) lost(err error) error {
	s.Discard()
	if over := s.expired.Load(); over != nil {
		return &retry.Lost{Err: over}
	}
	if errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the server closed the connection")
	}
	return &retry.Lost{Err: s.hidden.error(err)}
}

// Stale reports whether the server had given the session up before this call.
func (s *Session) Stale(err error) bool {
	return s.used && !s.heard.Load() && retry.IsLost(err) && s.expired.Load() == nil
}

// Version is how the server has identified itself.
func (s *Session) Version() string { return string(s.ssh.ServerVersion()) }

// Has reports whether the server offers an extension.
func (s *Session) Has(extension string) bool {
	_, ok := s.client.HasExtension(extension)
	return ok
}
