package ftptest

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// startWithin is how long a real server may take to greet. It is generous: a
// machine may be busy, and a server that dies is noticed at once.
const startWithin = 30 * time.Second

// StartReal starts the real server called name and returns when it greets.
func StartReal(name string, o RealOptions) (*Server, error) {
	r, err := find(name)
	if err == nil {
		err = Available(name)
	}
	if err == nil {
		err = r.refuse(o)
	}
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "ftptest-")
	if err != nil {
		return nil, err
	}
	s, err := r.startIn(home, o)
	if err != nil {
		os.RemoveAll(home)
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return s, nil
}

func (r RealServer) startIn(home string, o RealOptions) (*Server, error) {
	s := &Server{
		Name: r.Name, Host: testserver.Host, User: account, Password: password,
		Root: o.Root, TLS: o.TLS, owner: r.account,
	}
	if r.Anonymous {
		s.User = "anonymous"
	}
	if err := s.prepareRoot(home); err != nil {
		return nil, err
	}
	s.Path = r.path(s.Root)
	tree, err := testserver.Packages()
	if err != nil {
		return nil, err
	}
	l := launch{RealOptions: o, tree: tree, program: filepath.Join(tree, r.program), home: home, root: s.Root}
	if err := errors.Join(l.prepare(s), s.Adopt()); err != nil {
		return nil, err
	}
	return s, s.launch(r, l)
}

// prepare writes what all servers need.
func (l launch) prepare(s *Server) error {
	if err := write(l.file("openssl.cnf"), l.openSSLConfig()); err != nil || l.TLS == Off {
		return err
	}
	c, err := certificateFor(l.Expired)
	if err != nil {
		return err
	}
	s.CAFile = l.cert()
	if l.NeedsClientCert {
		s.ClientCert, s.ClientKey, err = writeClient(l.home)
	}
	s.expired = l.Expired
	return errors.Join(err, c.writeTo(l.home))
}

// launch starts the server, a few times if its port is taken meanwhile.
func (s *Server) launch(r RealServer, l launch) error {
	var err error
	for range 4 {
		if err = s.tryLaunch(r, l); err == nil || l.Port != 0 {
			return err
		}
	}
	return err
}

// tryLaunch keeps the ports claimed until Close, also while the server is
// killed.
func (s *Server) tryLaunch(r RealServer, l launch) error {
	release, err := l.choosePorts()
	if err != nil {
		return err
	}
	s.Port, s.passive = l.port, l.passive
	if err := s.run(r, l); err != nil {
		release()
		return err
	}
	s.close = closeOnce(func() error {
		defer release()
		return s.process.Kill()
	}, l.home)
	return nil
}

// choosePorts claims what the server will open.
func (l *launch) choosePorts() (release func(), err error) {
	ports, releasePorts := testserver.PassivePorts()
	l.port, l.passive = l.Port, ports
	if l.port != 0 {
		return releasePorts, nil
	}
	port, releasePort, err := testserver.FreePort()
	if err != nil {
		releasePorts()
		return nil, err
	}
	l.port = port
	return func() { releasePort(); releasePorts() }, nil
}

// run starts the server on the ports of l, which it keeps for Restart.
func (s *Server) run(r RealServer, l launch) error {
	argv, err := r.command(l)
	if err != nil {
		return err
	}
	p, err := testserver.StartProcess(argv, l.environment(), l.home)
	if err != nil {
		return err
	}
	if err := s.awaitGreeting(p); err != nil {
		p.Kill()
		return err
	}
	if l.MaxClients > 0 {
		p.AwaitAlone()
	}
	s.process, s.again = p, func() error { return s.run(r, l) }
	return nil
}

// awaitGreeting tries until the server says 220, or has ended.
func (s *Server) awaitGreeting(p *testserver.Process) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.greet(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.Done:
			return fmt.Errorf("it ended at once: %s", cmp.Or(p.LastLine(), "it says nothing"))
		case <-ctx.Done():
			return fmt.Errorf("no greeting within %v: %w", startWithin, err)
		case <-tick.C:
		}
	}
}

// greet opens a session, reads the first reply and ends the session.
func (s *Server) greet(ctx context.Context) error {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
	if err != nil {
		return err
	}
	defer c.Close()
	if deadline, ok := ctx.Deadline(); ok {
		c.SetDeadline(deadline)
	}
	if s.TLS == Implicit {
		config, err := s.clientTLS()
		if err != nil {
			return err
		}
		c = tls.Client(c, config)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "220") {
		err = fmt.Errorf("greeting %q", strings.TrimSpace(line))
	}
	if err != nil {
		return err
	}
	io.WriteString(c, "QUIT\r\n")
	io.Copy(io.Discard, c)
	return nil
}

// clientTLS trusts the certificate of the server at a time when it was valid,
// and shows the one that it may demand.
func (s *Server) clientTLS() (*tls.Config, error) {
	shown, err := certificateFor(s.expired)
	if err != nil {
		return nil, err
	}
	own, err := theCertificate()
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(shown.cert)
	valid := func() time.Time { return shown.from.Add(2 * time.Hour) }
	return &tls.Config{RootCAs: pool, ServerName: testserver.Host, Time: valid, Certificates: []tls.Certificate{own.pair}}, nil
}

// Adopt gives all files under Root to the account. Call it after putting files
// there while a server runs that has an account of its own: only Pure-FTPd has,
// and the others have the rights of the caller.
func (s *Server) Adopt() error {
	if s.owner == 0 {
		return nil
	}
	return filepath.WalkDir(s.Root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(path, s.owner, s.owner)
		}
		if errors.Is(err, fs.ErrNotExist) { // other tests delete meanwhile
			return nil
		}
		return err
	})
}
