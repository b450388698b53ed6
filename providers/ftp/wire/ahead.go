package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// StatusReply is the reply to one of several STAT commands: what Status returns of it.
type StatusReply struct {
	Lines []byte
	End   string
	Err   error // the server refuses the path
}

// Statuses is Status for several paths at once, in one round trip: all commands are sent
// before the first reply is read, and a NOOP behind them. The replies are believed together
// or not at all. A positive one has several lines, and the code of the others; a negative one
// has one line. So none can swallow the last line of another, and a name in a folder that
// looks like such a line makes one more than there are commands: then the reply to NOOP is not
// where it belongs. After an error the session is broken.
func (s *Session) Statuses(arguments []string) ([]StatusReply, error) {
	s.listed = true
	replies, err := s.control.together(arguments)
	if err != nil {
		s.Broken = true
		return nil, s.Fault(err)
	}
	for i, r := range replies {
		if no, ok := errors.AsType[*textproto.Error](r.Err); ok {
			replies[i].Err = Refused(no.Code, no.Msg).without(s.Dialer.Password)
		}
	}
	return replies, nil
}

// together sends STAT for each argument, and NOOP, and returns the replies to STAT.
func (c *control) together(arguments []string) ([]StatusReply, error) {
	var commands []string
	for _, a := range arguments {
		commands = append(commands, "STAT "+a)
	}
	if err := c.sendAhead(append(commands, "NOOP")); err != nil {
		return nil, err
	}
	var replies []StatusReply
	code := 0
	for range arguments {
		reply, err := c.next("STAT")
		if err != nil {
			return nil, err
		}
		r, err := statusReply(reply, &code)
		if err != nil {
			return nil, err
		}
		replies = append(replies, r)
	}
	reply, err := c.next("NOOP")
	if err != nil {
		return nil, err
	}
	if code, last := firstCode(reply); code != 200 || !last {
		return nil, textproto.ProtocolError("NOOP was answered by " + string(reply))
	}
	return replies, c.unasked()
}

// statusReply reads a reply to STAT. code is that of the replies with many lines before it,
// 0 if there was none.
func statusReply(reply []byte, code *int) (StatusReply, error) {
	is, last := firstCode(reply)
	switch {
	case is == 0:
		return StatusReply{}, textproto.ProtocolError("short response: " + string(reply))
	case is == 421:
		return StatusReply{}, &textproto.Error{Code: is, Msg: strings.TrimSpace(string(reply[4:]))}
	case last && is/100 != 2:
		return StatusReply{Err: &textproto.Error{Code: is, Msg: strings.TrimSpace(string(reply[4:]))}}, nil
	case last || is/100 != 2 || *code != 0 && is != *code:
		return StatusReply{}, fmt.Errorf("%w: STAT was answered by %s", ErrOutOfStep, providers.Excerpt(string(reply)))
	}
	*code = is
	lines, end := inside(reply)
	return StatusReply{Lines: lines, End: end}, nil
}

// firstCode is the code of the first line of a reply, and whether that is its last one.
func firstCode(reply []byte) (code int, last bool) {
	first, _, _ := bytes.Cut(reply, []byte("\n"))
	return replyCode(strings.TrimRight(string(first), "\r"))
}

// inside are the lines between the first and the last one of a reply, and the text of the
// last one.
func inside(reply []byte) (lines []byte, end string) {
	_, rest, _ := bytes.Cut(reply, []byte("\n"))
	rest = bytes.TrimRight(rest, "\r\n")
	n := bytes.LastIndexByte(rest, '\n') + 1
	return rest[:n], strings.TrimSpace(string(rest[n:][3:]))
}

// sendAhead sends several commands together, whose replies are read by next.
func (c *control) sendAhead(commands []string) error {
	if err := c.unasked(); err != nil {
		return err
	}
	var all strings.Builder
	for _, command := range commands {
		if !c.mayBeSent("", len(command)) {
			return errLongLine
		}
		line, err := c.charset.Encode(command + "\r\n")
		if err != nil {
			return err
		}
		c.trace.told([]byte(command + "\r\n"))
		all.WriteString(line)
	}
	_, err := io.WriteString(c.Conn, all.String())
	return err
}

// next is the reply to the next of the commands that were sent ahead.
func (c *control) next(verb string) ([]byte, error) {
	c.verb = verb
	c.replies.asked(verb)
	c.said.Reset()
	c.said.Write(c.held)
	if err := c.hear(); err != nil {
		return nil, err
	}
	reply := c.ready
	c.ready = nil
	return reply, nil
}
