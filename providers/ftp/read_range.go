package ftp

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/resume"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/verify"
)

// parting is how long a server may take to notice that a download was left.
// Pure-FTPd under TLS says nothing more in one of three cases, and the ftpd of BSD
// (inetutils, netkit) ends itself on SIGPIPE; then the session is given up.
const parting = 2 * time.Second

// remoteFile is a file at the server, as package resume proves it.
type remoteFile struct {
	ss   *session
	name string
}

func (f remoteFile) ReadRange(offset int64, n int) ([]byte, error) {
	return f.ss.readRange(f.name, offset, n)
}

func (f remoteFile) EndsWith(offset int64, ours io.Reader) (bool, error) {
	return f.ss.endsWith(f.name, offset, ours)
}

// SumFits takes a refusal for "no sums", as long as the session goes on.
func (f remoteFile) SumFits(body providers.Body, n int64) (bool, error) {
	a, ok := f.ss.algorithm()
	if !ok {
		return false, resume.ErrNoSum
	}
	theirs, err := f.ss.sum(a, f.name, n)
	if answered(err) && !f.ss.broken {
		return false, fmt.Errorf("%w: %w", resume.ErrNoSum, err)
	}
	if err != nil {
		return false, err
	}
	ours, err := verify.BodySum(f.ss.life, a.make(), body, n)
	return theirs == ours, err
}

// readRange reads n bytes of a file from offset on, and no more. It may have read
// them although the session was lost afterwards.
func (s *session) readRange(name string, offset int64, n int) ([]byte, error) {
	response, err := s.fetch(name, offset)
	if err != nil {
		return nil, err
	}
	part := make([]byte, n)
	if _, err := io.ReadFull(response, part); err != nil {
		s.Discard()
		response.Close()
		return nil, s.fault(err)
	}
	return part, s.leave(response)
}

// leave ends a download where it stands. All servers measured say one word to
// that, 226 or 426; that they say no more is proven by what NOOP is answered.
func (s *session) leave(r *ftp.Response) error {
	s.control.patience(min(parting, s.dialer.waits.io), "")
	defer s.control.patience(s.dialer.waits.io, ioTimeout)
	err := r.Close()
	s.data = nil
	if _, replied := errors.AsType[*textproto.Error](err); err != nil && !replied {
		return s.parted(err)
	}
	if _, err := s.control.say(200, "NOOP"); err != nil {
		return s.parted(err)
	}
	return nil
}

// parted ends the session, which has done its work: that the server is silent
// now must not look like a line on which nothing moves.
func (s *session) parted(err error) error {
	s.broken = true
	return &retry.Lost{Err: fmt.Errorf("after an incomplete download: %v", err)}
}

// endsWith reports whether a file holds exactly what ours delivers from offset on.
func (s *session) endsWith(name string, offset int64, ours io.Reader) (bool, error) {
	response, err := s.fetch(name, offset)
	if err != nil {
		return false, err
	}
	same, err := resume.Equal(ours, response)
	switch {
	case err != nil:
		s.Discard()
		response.Close()
		s.broken, s.data = true, nil
		return false, err
	case !same:
		_ = s.leave(response) // it ends the session where it cannot
		return false, nil
	}
	return true, s.transferred(response.Close())
}
