package sftptest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Options are the wishes for a server in this process.
type Options struct {
	Root        string   // an existing folder; "" for a temporary one
	HostKeys    []string // "ed25519" (the default), "ecdsa", "rsa"
	Interactive bool     // the password is asked for by keyboard-interactive
	MaxSessions int      // connections above that are dropped before the first word; 0: no limit
	Forward     bool     // it connects elsewhere for its clients: a jump host
	NoQuestions bool     // keyboard-interactive is offered, and refused before its first question
	CutLogin    bool     // a connection ends when a login begins
	Rejects     string   // every channel is refused with this text; "": as asked
	Complains   int      // bytes that a session writes to stderr before it answers

	// Answer decides what becomes of each request; nil: all pass.
	Answer func(Request) Reply
}

// Start starts a server on the files of Root. Paths of clients are those of this
// machine.
func Start(o Options) (*Server, error) {
	s := &Server{Name: "in-process"}
	err := s.prepare(o.Root, o.HostKeys)
	if err == nil {
		err = s.start(o)
	}
	if err != nil {
		os.RemoveAll(s.home)
		return nil, err
	}
	return s, nil
}

func (s *Server) start(o Options) error {
	s.Path = "/" + strings.TrimPrefix(toSlash(s.Root), "/") // a drive of Windows is a folder of the root
	d := &daemon{options: o, server: s, seen: &observer{}}
	config, err := d.config()
	if err != nil {
		return err
	}
	l, err := testserver.Listen(testserver.Loopback, 0)
	if err != nil {
		return err
	}
	s.Port, s.seen = testserver.PortOf(l), d.seen
	go d.accept(l, config)
	leave := d.Enter(l)
	s.close = s.closeOnce(func() error {
		leave()
		l.Close()
		d.ShutDown()
		return nil
	})
	return nil
}

// daemon is the server at work.
type daemon struct {
	testserver.OpenSet
	options Options
	server  *Server
	seen    *observer
	open    atomic.Int32
}

// observer counts what the server saw.
type observer struct {
	mu       sync.Mutex
	logins   int
	refused  int
	requests []Request
}

// Logins counts those that the server accepted, and those that it refused. Of sshd both
// are 0.
func (s *Server) Logins() (accepted, refused int) {
	if s.seen == nil {
		return 0, 0
	}
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	return s.seen.logins, s.seen.refused
}

// Requests are all that clients have sent so far, in the order of arrival, without the
// content of writes.
func (s *Server) Requests() []Request {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	return append([]Request{}, s.seen.requests...)
}

func (d *daemon) config() (*ssh.ServerConfig, error) {
	key, err := os.ReadFile(d.server.file("authorized_keys"))
	if err != nil {
		return nil, err
	}
	authorized, _, _, _, err := ssh.ParseAuthorizedKey(key)
	if err != nil {
		return nil, err
	}
	c := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			return d.judge(bytes.Equal(key.Marshal(), authorized.Marshal()))
		},
	}
	if d.options.Interactive || d.options.NoQuestions {
		c.KeyboardInteractiveCallback = d.interview
	} else {
		c.PasswordCallback = func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
			return d.judge(string(given) == password)
		}
	}
	for _, t := range append(d.options.HostKeys, "ed25519")[:len(d.server.HostKeys)] {
		text, err := os.ReadFile(d.server.file("host_" + t))
		if err != nil {
			return nil, err
		}
		signer, err := ssh.ParsePrivateKey(text)
		if err != nil {
			return nil, err
		}
		c.AddHostKey(signer)
	}
	return c, nil
}

func (d *daemon) judge(good bool) (*ssh.Permissions, error) {
	d.seen.mu.Lock()
	defer d.seen.mu.Unlock()
	if good {
		d.seen.logins++
		return nil, nil
	}
	d.seen.refused++
	return nil, errors.New("wrong")
}

func (d *daemon) interview(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	if d.options.NoQuestions {
		return d.judge(false)
	}
	answers, err := ask("", "", []string{"Password: "}, []bool{false})
	if err != nil {
		return nil, err
	}
	return d.judge(len(answers) == 1 && answers[0] == password)
}

func (d *daemon) accept(l net.Listener, config *ssh.ServerConfig) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		if n := d.open.Add(1); d.options.MaxSessions > 0 && int(n) > d.options.MaxSessions {
			d.open.Add(-1)
			c.Close()
			continue
		}
		go d.serve(c, config)
	}
}

func (d *daemon) serve(c net.Conn, config *ssh.ServerConfig) {
	defer d.open.Add(-1)
	leave := d.Enter(c)
	defer leave()
	defer c.Close()
	own := *config
	if d.options.CutLogin {
		own.BannerCallback = func(ssh.ConnMetadata) string { c.Close(); return "" }
	}
	conn, channels, requests, err := ssh.NewServerConn(c, &own)
	if err != nil {
		return
	}
	defer conn.Close()
	go ssh.DiscardRequests(requests)
	var all sync.WaitGroup
	for channel := range channels {
		all.Go(func() { d.channel(c, channel) })
	}
	all.Wait()
}

func (d *daemon) channel(c net.Conn, asked ssh.NewChannel) {
	switch {
	case d.options.Rejects != "":
		asked.Reject(ssh.Prohibited, d.options.Rejects)
	case asked.ChannelType() == "session":
		channel, requests, err := asked.Accept()
		if err == nil {
			d.session(c, channel, requests)
		}
	case asked.ChannelType() == "direct-tcpip" && d.options.Forward:
		d.forward(asked)
	default:
		asked.Reject(ssh.UnknownChannelType, "not allowed")
	}
}

// session waits for the request for SFTP.
func (d *daemon) session(c net.Conn, channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	for r := range requests {
		ok := r.Type == "subsystem" && bytes.HasSuffix(r.Payload, []byte("sftp"))
		r.Reply(ok, nil)
		if !ok {
			continue
		}
		go ssh.DiscardRequests(requests)
		channel.Stderr().Write(make([]byte, d.options.Complains))
		server, err := sftp.NewServer(d.between(c, channel))
		if err == nil {
			server.Serve()
			server.Close()
		}
		return
	}
}

// forward connects a client of a jump host to where it wants to go (RFC 4254, 7.2).
func (d *daemon) forward(asked ssh.NewChannel) {
	var to struct {
		Host       string
		Port       uint32
		OriginHost string
		OriginPort uint32
	}
	if err := ssh.Unmarshal(asked.ExtraData(), &to); err != nil {
		asked.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	out, err := net.Dial("tcp", net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port))))
	if err != nil {
		asked.Reject(ssh.ConnectionFailed, "no route")
		return
	}
	leave := d.Enter(out)
	defer leave()
	defer out.Close()
	channel, requests, err := asked.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	go ssh.DiscardRequests(requests)
	go func() { io.Copy(out, channel); out.Close() }()
	io.Copy(channel, out)
}
