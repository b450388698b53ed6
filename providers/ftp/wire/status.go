package wire

import (
	"bytes"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// ErrStatusTooLong is the error of a STAT whose reply is longer than 16 MiB. It ends the
// session.
var ErrStatusTooLong = errors.New("the reply to STAT is longer than 16 MiB")

var errOneLine = fmt.Errorf("the reply to STAT has one line: %w", providers.ErrListing)

// Status returns the lines of the reply to STAT with a path (RFC 959, 4.1.3), without
// its first and its last one, as the server sent them; and the text of the last one. It
// takes one round trip and no data connection.
func (s *Session) Status(argument string) (lines []byte, end string, err error) {
	s.listed = true
	reply, end, err := s.control.whole("STAT " + argument)
	if errors.Is(err, errOneLine) {
		return nil, "", err
	}
	if errors.Is(err, errFlood) {
		s.Broken = true
		return nil, "", ErrStatusTooLong
	}
	if no, ok := errors.AsType[*textproto.Error](err); ok && no.Code == 450 {
		return nil, "", Refused(no.Code, no.Msg).without(s.Dialer.Password) // ProFTPD, ftpserverlib: it is not there
	}
	if err != nil {
		return nil, "", s.Fault(err)
	}
	return reply, end, nil
}

// whole sends a command and returns the lines inside its reply, and the text of the last
// line. textproto puts the
// lines of a reply together one by one, which takes a time that grows with their square.
func (c *control) whole(command string) (lines []byte, end string, err error) {
	if _, err := fmt.Fprintf(c, "%s\r\n", command); err != nil {
		return nil, "", err
	}
	if err := c.hear(); err != nil {
		return nil, "", err
	}
	reply := c.ready
	c.ready = nil
	first, rest, _ := bytes.Cut(reply, []byte("\n"))
	code, last := replyCode(strings.TrimRight(string(first), "\r"))
	switch {
	case code == 0:
		return nil, "", textproto.ProtocolError("short response: " + string(first))
	case code/100 != 2:
		return nil, "", &textproto.Error{Code: code, Msg: strings.TrimSpace(string(reply[4:]))}
	case last:
		return nil, "", errOneLine
	}
	if err := c.unasked(); err != nil {
		return nil, "", err // a name with a line break ends the reply of vsftpd and pyftpdlib
	}
	rest = bytes.TrimRight(rest, "\r\n")
	n := bytes.LastIndexByte(rest, '\n') + 1
	return rest[:n], strings.TrimSpace(string(rest[n:][3:])), nil
}
