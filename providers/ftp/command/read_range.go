package command

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/verify"
)

// parting is how long a server may take to notice that a download was left.
// Pure-FTPd under TLS says nothing more in one of three cases, and the ftpd of BSD
// (inetutils, netkit) ends itself on SIGPIPE; then the session is given up.
const parting = 2 * time.Second

// RemoteFile is a file at the server, as package resume proves it.
type RemoteFile struct {
	Session *Session
	Name    string
}

func (f RemoteFile) ReadRange(offset int64, n int) ([]byte, error) {
	return f.Session.readRange(f.Name, offset, n)
}

func (f RemoteFile) EndsWith(offset int64, ours io.Reader) (bool, error) {
	return f.Session.endsWith(f.Name, offset, ours)
}

// SumFits takes a refusal for "no sums", as long as the session goes on.
func (f RemoteFile) SumFits(body providers.Body, n int64) (bool, error) {
	a, ok := AlgorithmOf(f.Session)
	if !ok {
		return false, resume.ErrNoSum
	}
	theirs, err := SumOf(f.Session, a, f.Name, n)
	if wire.Answered(err) && !f.Session.Broken {
		return false, fmt.Errorf("%w: %w", resume.ErrNoSum, err)
	}
	if err != nil {
		return false, err
	}
	ours, err := verify.BodySum(f.Session.Life, a.New(), body, n)
	return theirs == ours, err
}

// readRange reads n bytes of a file from offset on, and no more. It may have read
// them although the session was lost afterwards.
func (s *Session) readRange(name string, offset int64, n int) ([]byte, error) {
	response, err := s.Fetch(name, offset)
	if err != nil {
		return nil, err
	}
	part := make([]byte, n)
	if _, err := io.ReadFull(response, part); err != nil {
		s.Discard()
		response.Close()
		return nil, s.Fault(err)
	}
	return part, leave(s, response)
}

// leave ends a download where it stands. All servers measured say one word to
// that, 226 or 426; that they say no more is proven by what NOOP is answered.
func leave(s *Session, r *ftp.Response) error {
	s.Patience(min(parting, s.Dialer.Waits.IO))
	defer s.Patience(0)
	err := r.Close()
	s.ForgetData()
	if _, replied := errors.AsType[*textproto.Error](err); err != nil && !replied {
		return parted(s, err)
	}
	if _, err := s.Exchange(200, "NOOP"); err != nil {
		return parted(s, err)
	}
	return nil
}

// parted ends the session, which has done its work: that the server is silent
// now must not look like a line on which nothing moves.
func parted(s *Session, err error) error {
	s.Broken = true
	return &retry.Lost{Err: fmt.Errorf("after an incomplete download: %v", err)}
}

// endsWith reports whether a file holds exactly what ours delivers from offset on.
func (s *Session) endsWith(name string, offset int64, ours io.Reader) (bool, error) {
	response, err := s.Fetch(name, offset)
	if err != nil {
		return false, err
	}
	same, err := resume.Equal(ours, response)
	switch {
	case err != nil:
		s.Discard()
		response.Close()
		s.Broken = true
		s.ForgetData()
		return false, err
	case !same:
		_ = leave(s, response) // it ends the session where it cannot
		return false, nil
	}
	return true, s.Transferred(response.Close())
}
