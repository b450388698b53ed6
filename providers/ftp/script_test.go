package ftp_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp"
)

// script is a server that says what a test wants. It knows the commands of a
// login; every other command is answered by say, or by 502.
type script struct {
	t        *testing.T
	listener net.Listener
	say      map[string]func(*scripted) string // by verb; "" says nothing

	dialled atomic.Int32
	mu      sync.Mutex
	heard   []string
	open    sync.WaitGroup
}

// scripted is one session of a script.
type scripted struct {
	*script
	net.Conn
	number int    // of the session, from 1
	arg    string // of the current command
	data   net.Listener

	current string // what CWD entered, where a script keeps that
}

func newScript(t *testing.T, say map[string]func(*scripted) string) *script {
	t.Helper()
	return newScriptWith(t, nil, say)
}

// newScriptWith is newScript under implicit TLS, unless config is nil.
func newScriptWith(t *testing.T, config *tls.Config, say map[string]func(*scripted) string) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	s := &script{t: t, listener: l, say: say}
	s.open.Go(s.accept)
	t.Cleanup(func() { l.Close(); s.open.Wait() })
	return s
}

func (s *script) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		session := &scripted{script: s, Conn: c, number: int(s.dialled.Add(1))}
		s.open.Go(session.serve)
	}
}

func (c *scripted) serve() {
	defer c.Close()
	if c.reply("BANNER") == "" {
		return
	}
	for lines := bufio.NewScanner(c); lines.Scan(); {
		verb, arg, _ := strings.Cut(lines.Text(), " ")
		c.note(lines.Text())
		c.arg = arg
		if text := c.reply(verb); text == "hang up" || strings.HasPrefix(text, "421") {
			return
		}
	}
}

func (c *scripted) reply(verb string) string {
	text := "502 not here"
	if f := c.say[verb]; f != nil {
		text = f(c)
	} else if usual[verb] != "" {
		text = usual[verb]
	} else if verb == "EPSV" {
		text = c.passive()
	}
	if text != "" && text != "hang up" {
		fmt.Fprintf(c, "%s\r\n", strings.ReplaceAll(text, "\n", "\r\n"))
	}
	return text
}

var usual = map[string]string{
	"BANNER": "220 ready",
	"USER":   "331 password",
	"PASS":   "230 welcome",
	"TYPE":   "200 binary",
	"FEAT":   "211-these\n MLST type*;size*;modify*;\n SIZE\n211 end",
	"CWD":    "250 here",
	"QUIT":   "221 bye",
	"MLST":   "550 no such file",
	"MKD":    "257 made",
}

func (c *scripted) passive() string {
	return c.listen(func(port int) string { return fmt.Sprintf("229 passive (|||%d|)", port) })
}

// oldPassive is the answer to PASV.
func (c *scripted) oldPassive() string {
	return c.listen(func(port int) string { return fmt.Sprintf("227 passive (127,0,0,1,%d,%d)", port>>8, port&0xff) })
}

func (c *scripted) listen(say func(port int) string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "425 " + err.Error()
	}
	c.data = l
	return say(l.Addr().(*net.TCPAddr).Port)
}

// send is a listing or a download, with its replies.
func (c *scripted) send(content, final string) string {
	fmt.Fprint(c, "150 here it comes\r\n")
	if d := c.accepted(); d != nil {
		io.WriteString(d, content)
		d.Close()
	}
	return final
}

// receive is an upload; it returns the bytes that came.
func (c *scripted) receive() int64 {
	fmt.Fprint(c, "150 go on\r\n")
	d := c.accepted()
	if d == nil {
		return 0
	}
	defer d.Close()
	n, _ := io.Copy(io.Discard, d)
	return n
}

func (c *scripted) accepted() net.Conn {
	d, err := c.data.Accept()
	c.data.Close()
	if err != nil {
		return nil
	}
	return d
}

func (s *script) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, line)
}

// lines are the commands of a verb, in the order of arrival.
func (s *script) lines(verb string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, line := range s.heard {
		if strings.HasPrefix(line, verb+" ") {
			out = append(out, line)
		}
	}
	return out
}

// count tells how often a verb was heard.
func (s *script) count(verb string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, line := range s.heard {
		if line == verb || strings.HasPrefix(line, verb+" ") {
			n++
		}
	}
	return n
}

func (s *script) settings() *ftp.Settings {
	set := ftp.NewSettings()
	set.Host, set.Port = "127.0.0.1", s.listener.Addr().(*net.TCPAddr).Port
	set.Username, set.Password = "backup", reference
	set.TLS = &ftp.TLS{Mode: ftp.Off}
	return set
}

// said is a constant answer.
func said(text string) func(*scripted) string { return func(*scripted) string { return text } }

// lists is a listing of content.
func lists(content string) func(*scripted) string {
	return func(c *scripted) string { return c.send(content, "226 done") }
}
