package wire

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/charset"
)

// maxReply bounds what a server may say to one command.
const maxReply = 1 << 20

var errFlood = errors.New("the reply is too long")

// control is the control connection in clear text, whatever is below it. It
// remembers what the server said since the last command, because the library
// keeps neither the text of a final reply nor the answer to FEAT.
//
// The library and session.say take turns on it: between two calls the
// connection is idle and nobody's buffer holds anything.
type control struct {
	net.Conn         // raw, or TLS above raw
	raw       *conn  //
	greeting  []byte // what the library is still to read as the banner
	charset   *charset.Charset
	decoded   io.Reader // what Conn says, unless it is UTF-8
	replies   replies
	passive   string           // host:port of the last reply to PASV
	noEPSV    *atomic.Bool     // it is not asked
	idlePRET  bool             // PRET does nothing at this server, and is not sent
	fits      func(n int) bool // the server reads a line of n bytes as one
	trying    bool             // what is sent next may be longer
	known     map[string]bool  // verbs of answers that were understood once
	features  string           // the reply to FEAT, which the library asks for
	held      []byte           // heard, and belongs to no reply yet
	ready     []byte           // of a reply that is whole
	said      bytes.Buffer
	verb      string // of the last command
	answered  bool   // since the current call began, with more than a 421
	trace     *trace
	textproto *textproto.Conn // of our own
}

func newControl(raw *conn, t *trace) *control {
	c := &control{Conn: raw, raw: raw, decoded: raw, trace: t}
	c.textproto = textproto.NewConn(c)
	return c
}

// patience is how long the server may be silent from now on, and the attribute
// that says so.
func (c *control) patience(d time.Duration, named string) { c.raw.wait, c.raw.named = d, named }

// Read gives out one reply at a time, each when it is whole: what comes behind
// it answers no command.
func (c *control) Read(p []byte) (int, error) {
	if len(c.greeting) > 0 {
		n := copy(p, c.greeting)
		c.greeting = c.greeting[n:]
		return n, nil
	}
	if len(c.ready) == 0 {
		if err := c.hear(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// hear waits for one reply: as long as patience says for its first byte, and as
// long again for all others together.
func (c *control) hear() error {
	if c.replies.complete {
		c.replies.extra(c.held)
		return c.replies.rejection
	}
	defer func(wait time.Duration) { c.raw.wait = wait }(c.raw.wait)
	var until time.Time
	patience := c.raw.wait
	for {
		n, whole := c.replies.take(c.held)
		c.ready, c.held = append(c.ready, c.held[:n]...), c.held[n:]
		switch {
		case c.replies.rejection != nil:
			return c.replies.rejection
		case whole:
			c.learn()
			c.readAddress()
			return nil
		case !until.IsZero():
			c.raw.wait = max(time.Until(until), 0)
		}
		err := c.listen()
		if slow, ok := errors.AsType[*Expiry](err); ok && !until.IsZero() {
			return &Expiry{slow: slow.slow, Named: slow.Named, after: patience, began: true}
		}
		if err != nil {
			return err
		}
		if until.IsZero() {
			until = time.Now().Add(patience)
		}
	}
}

// readAddress takes the address out of a reply to PASV, for lack of which an earlier
// one is not used.
func (c *control) readAddress() {
	if c.replies.verb != "PASV" {
		return
	}
	c.passive = ""
	if c.replies.final == 227 {
		c.passive, c.ready = readPassive(c.ready)
	}
}

// knows reports whether the server has understood a command with that verb.
func (c *control) knows(verb string) bool { return c.known[strings.ToUpper(verb)] }

// learn notes what the last command was answered, as far as it has come.
func (c *control) learn() {
	r := &c.replies
	if r.complete && r.verb == "FEAT" && r.final == 211 {
		c.features = c.said.String()
	}
	if _, listed := answers[r.verb]; !r.complete || !listed || r.final >= 500 && r.final < 505 {
		return
	}
	if c.known == nil {
		c.known = map[string]bool{}
	}
	c.known[r.verb] = true
}

// listen hears what comes next.
func (c *control) listen() error {
	var buf [4096]byte
	n, err := c.decoded.Read(buf[:])
	c.trace.heard(buf[:n])
	c.said.Write(buf[:n])
	c.held = append(c.held, buf[:n]...)
	c.answered = c.answered || n > 0 && !bytes.HasPrefix(c.said.Bytes(), []byte("421"))
	if c.said.Len() > c.mostSaid() {
		return errFlood
	}
	if n > 0 {
		return nil // an error that lasts comes back
	}
	return err
}

// maxStatus bounds the reply to a STAT of a folder, which is a listing.
const maxStatus = 16 << 20

// mostSaid bounds what the server may say to the last command, in bytes.
func (c *control) mostSaid() int {
	if c.replies.verb == "STAT" {
		return maxStatus
	}
	return maxReply
}

// unasked is an error where the server has said more than it was asked, as far
// as that has come.
func (c *control) unasked() error {
	if c.replies.rejection != nil {
		return c.replies.rejection
	}
	text := append(c.ready, c.held...)
	if len(text) == 0 {
		text = c.glance()
	}
	switch {
	case len(text) == 0:
		return nil
	case bytes.HasPrefix(text, []byte("421")):
		return &textproto.Error{Code: 421, Msg: strings.TrimSpace(string(text[3:]))}
	}
	c.replies.extra(text)
	return c.replies.rejection
}

// glance reads what has come already, and waits for nothing.
func (c *control) glance() []byte {
	defer func(wait time.Duration) { c.raw.wait = wait }(c.raw.wait)
	_, secured := c.Conn.(*tls.Conn)
	switch waiting, known := arrived(c.raw.Conn); {
	case known && !waiting && !secured:
		return nil
	case known && !waiting:
		c.raw.wait = -1 // TLS may hold what it has read in advance
	default:
		c.raw.wait = time.Millisecond
	}
	var buf [512]byte
	n, _ := c.Conn.Read(buf[:])
	c.trace.heard(buf[:n])
	return buf[:n]
}

func (c *control) Write(p []byte) (int, error) {
	if err := c.unasked(); err != nil {
		return 0, err
	}
	c.said.Reset()
	verb, _, _ := bytes.Cut(bytes.TrimSpace(p), []byte(" "))
	if string(verb) == "EPSV" && c.noEPSV != nil && c.noEPSV.Load() {
		c.greeting = []byte("500 EPSV is not used here\r\n") // the library goes on with PASV
		return len(p), nil
	}
	if string(verb) == "PRET" && c.idlePRET {
		c.greeting = []byte("200 OK\r\n")
		return len(p), nil
	}
	if !c.mayBeSent(string(verb), len(bytes.TrimRight(p, "\r\n"))) {
		return 0, errLongLine
	}
	c.verb = string(verb)
	c.replies.asked(c.verb)
	c.trace.told(p)
	line, err := c.charset.Encode(string(p))
	if err != nil {
		return 0, err
	}
	if _, err := io.WriteString(c.Conn, line); err != nil {
		return 0, err
	}
	return len(p), nil
}

// errLongLine is a fault of this package.
var errLongLine = errors.New("the command is longer than the server is known to accept and was not sent")

// mayBeSent: a name or password is as long as it is.
func (c *control) mayBeSent(verb string, n int) bool {
	return c.trying || verb == "USER" || verb == "PASS" || c.fits(n)
}

// speak sets the encoding of all that follows. It begins with the login: what
// came in clear before TLS must not wait in a decoder for what comes after.
func (c *control) speak(charset *charset.Charset) {
	c.charset = charset
	c.decoded = charset.Reader(c.Conn)
}

// secure puts a TLS client between the dialogue and the connection. Bytes that
// came before it, in clear, would be taken for what the server says later.
func (c *control) secure(client net.Conn) error {
	if c.textproto.R.Buffered() > 0 || len(c.held) > 0 {
		return errors.New("the server sent data before TLS began")
	}
	c.Conn, c.decoded = client, client
	return nil
}

// say sends a command and reads the reply, whose code has to begin with
// expect, in the way of textproto.
func (c *control) say(expect int, format string, args ...any) (string, error) {
	if _, err := c.textproto.Cmd(format, args...); err != nil {
		return "", err
	}
	_, text, err := c.textproto.ReadResponse(expect)
	return text, err
}

// lastReply is the last reply of the server, with its lines joined, or 0. The
// reason often stands in the first of them (RFC 959, 4.2: "530-why", "530 last"):
// of a long one the first lines and the last are kept.
func (c *control) lastReply() (code int, text string) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(c.said.String()), "\r", ""), "\n")
	last := len(lines) - 1
	first, text, _ := strings.Cut(lines[last], " ")
	code, err := strconv.Atoi(first)
	if err != nil {
		return 0, ""
	}
	begin := last
	for i := last - 1; i >= 0 && !isReplyEnd(lines[i]); i-- {
		if strings.HasPrefix(lines[i], first+"-") {
			begin = i
		}
	}
	return code, strings.Join(append(told(lines[begin:last], first+"-"), text), " ")
}

// isReplyEnd tells a line that ends a reply: three digits and a blank.
func isReplyEnd(line string) bool {
	_, err := strconv.ParseUint(line[:min(3, len(line))], 10, 16)
	return err == nil && len(line) > 3 && line[3] == ' '
}

// told are the first lines of a reply that are not empty, without their code.
func told(lines []string, code string) []string {
	const most = 4
	var out []string
	for _, line := range lines {
		if line = strings.TrimSpace(strings.TrimPrefix(line, code)); line != "" && len(out) < most {
			out = append(out, line)
		}
	}
	return out
}

// finalReply is what the server said last, after the announcement of a
// transfer.
func (c *control) finalReply() string {
	said := "\n" + c.said.String()
	if i := strings.Index(said, "\n2"); i >= 0 {
		return strings.TrimSpace(said[i:])
	}
	return ""
}
