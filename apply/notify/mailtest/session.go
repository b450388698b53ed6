package mailtest

import (
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/textproto"
	"strings"
)

// session is one connection.
type session struct {
	server  *Server
	conn    net.Conn
	text    *textproto.Conn
	safe    bool
	proven  bool
	mail    delivery
	dropped bool
}

func (s *Server) serve(conn net.Conn) {
	c := &session{server: s, conn: conn}
	c.use(conn)
	if s.options.TLS == "implicit" && !c.secure() {
		return
	}
	c.reply("220 mailtest")
	for !c.dropped {
		line, err := c.text.ReadLine()
		if err != nil {
			return
		}
		c.obey(line)
	}
}

func (c *session) use(conn net.Conn) { c.conn, c.text = conn, textproto.NewConn(conn) }

func (c *session) secure() bool {
	conn := tls.Server(c.conn, c.server.config)
	c.use(conn)
	c.safe = true
	return conn.Handshake() == nil
}

func (c *session) reply(lines ...string) {
	for _, line := range lines {
		if c.text.PrintfLine("%s", line) != nil {
			c.dropped = true
		}
	}
}

// scripted reports whether the test answers in our place.
func (c *session) scripted(command string) bool {
	if c.server.options.Answer == nil {
		return false
	}
	switch answer := c.server.options.Answer(command); answer {
	case "":
		return false
	case Drop:
		c.dropped = true
	case Hang:
		io.Copy(io.Discard, c.conn)
		c.dropped = true
	default:
		c.reply(answer)
	}
	return true
}

func (c *session) obey(line string) {
	command, rest, _ := strings.Cut(line, " ")
	command = strings.ToUpper(command)
	if c.scripted(command) {
		return
	}
	switch command {
	case "EHLO":
		c.greet()
	case "STARTTLS":
		c.reply("220 go on")
		c.dropped = !c.secure()
	case "AUTH":
		c.login(rest)
	case "MAIL":
		c.begin(rest)
	case "RCPT":
		c.mail.to = append(c.mail.to, address(rest))
		c.reply("250 ok")
	case "DATA":
		c.receive()
	case "QUIT":
		c.reply("221 bye")
		c.dropped = true
	case "HELO", "NOOP", "RSET":
		c.reply("250 ok")
	default:
		c.reply("502 what?")
	}
}

func (c *session) greet() {
	lines := []string{"mailtest", "8BITMIME"}
	if c.server.options.TLS == "starttls" && !c.safe {
		lines = append(lines, "STARTTLS")
	}
	if c.server.options.User != "" {
		lines = append(lines, "AUTH "+c.server.options.Mechanism)
	}
	for i, line := range lines {
		separator := "-"
		if i == len(lines)-1 {
			separator = " "
		}
		c.reply("250" + separator + line)
	}
}

func (c *session) login(rest string) {
	c.server.mu.Lock()
	c.server.logins++
	c.server.mu.Unlock()
	mechanism, first, _ := strings.Cut(rest, " ")
	user, password := "", ""
	switch mechanism {
	case "PLAIN":
		if parts := strings.Split(decode(first), "\x00"); len(parts) == 3 {
			user, password = parts[1], parts[2]
		}
	case "LOGIN":
		user, password = c.ask("Username:"), c.ask("Password:")
	}
	c.proven = mechanism == c.server.options.Mechanism && user == c.server.options.User && password == c.server.options.Password
	if c.proven {
		c.reply("235 welcome")
		return
	}
	c.reply("535 5.7.8 no such login: " + first + password)
}

func (c *session) ask(what string) string {
	c.reply("334 " + base64.StdEncoding.EncodeToString([]byte(what)))
	line, _ := c.text.ReadLine()
	return decode(line)
}

func decode(text string) string {
	data, _ := base64.StdEncoding.DecodeString(text)
	return string(data)
}

func (c *session) begin(rest string) {
	switch {
	case c.server.options.TLS == "starttls" && !c.safe:
		c.reply("530 STARTTLS first")
	case c.server.options.User != "" && !c.proven:
		c.reply("530 log in first")
	default:
		c.mail = delivery{from: address(rest), safe: c.safe}
		c.reply("250 ok")
	}
}

// address is the text between angle brackets.
func address(text string) string {
	_, text, _ = strings.Cut(text, "<")
	text, _, _ = strings.Cut(text, ">")
	return text
}

func (c *session) receive() {
	c.reply("354 go on")
	data, err := c.text.ReadDotBytes()
	if err != nil {
		c.dropped = true
		return
	}
	if c.scripted(".") {
		return
	}
	c.mail.data = data
	c.server.mu.Lock()
	c.server.raw = append(c.server.raw, c.mail)
	c.server.mu.Unlock()
	c.reply("250 ok")
}
