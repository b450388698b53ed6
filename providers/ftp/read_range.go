package ftp

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"time"

	"github.com/jlaffaye/ftp"
)

// parting is how long a server may take to notice that a download was left.
// Pure-FTPd under TLS says nothing more in one of three cases, and the ftpd of BSD
// (inetutils, netkit) ends itself on SIGPIPE; then the session is given up.
const parting = 2 * time.Second

// readRange reads n bytes of a file from offset on, and no more. It may have read
// them although the session was lost afterwards.
func (s *session) readRange(name string, offset int64, n int) ([]byte, error) {
	response, err := s.fetch(name, offset)
	if err != nil {
		return nil, err
	}
	part := make([]byte, n)
	if _, err := io.ReadFull(response, part); err != nil {
		s.discard()
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
	return &lost{fmt.Errorf("after an incomplete download: %v", err)}
}
