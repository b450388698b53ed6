package mailtest

import (
	"crypto/tls"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"sync"
)

// Options say how the server behaves.
type Options struct {
	TLS            string // "starttls", "implicit", "off"
	User, Password string // a login that is asked for; none if empty
	Mechanism      string // of AUTH: "PLAIN" (the default) or "LOGIN"
	// Answer is asked before each command, by its first word in capitals, and
	// "." for the end of a mail. A text is the reply instead of the usual one;
	// Hang lets the client wait for it, and Drop ends the connection.
	Answer func(command string) string
}

// What Answer may return besides replies.
const (
	Hang = "hang"
	Drop = "drop"
)

// Server is a running mail server.
type Server struct {
	Host string
	Port int
	CA   []byte // PEM, of the issuer of its certificate

	options Options
	config  *tls.Config
	listen  net.Listener
	done    sync.WaitGroup

	mu      sync.Mutex
	raw     []delivery
	logins  int
	open    map[net.Conn]bool
	closing bool
}

// delivery is one mail as it came.
type delivery struct {
	from string
	to   []string
	data []byte
	safe bool // it came by TLS
}

// Start starts a server on a free port of 127.0.0.1.
func Start(o Options) (*Server, error) {
	if o.Mechanism == "" {
		o.Mechanism = "PLAIN"
	}
	s := &Server{options: o, open: map[net.Conn]bool{}}
	s.certify()
	var err error
	if s.listen, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	address := s.listen.Addr().(*net.TCPAddr)
	s.Host, s.Port = address.IP.String(), address.Port
	s.done.Go(s.accept)
	return s, nil
}

// certify borrows the certificate of net/http/httptest, which is valid for
// loopback and for example.com.
func (s *Server) certify() {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	s.config = &tls.Config{Certificates: web.TLS.Certificates}
	s.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
}

func (s *Server) accept() {
	for {
		conn, err := s.listen.Accept()
		if err != nil || !s.keep(conn) {
			return
		}
		s.done.Go(func() {
			defer s.forget(conn)
			s.serve(conn)
		})
	}
}

func (s *Server) keep(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		conn.Close()
		return false
	}
	s.open[conn] = true
	return true
}

func (s *Server) forget(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	conn.Close()
	delete(s.open, conn)
}

// Close ends all connections and waits for that.
func (s *Server) Close() error {
	err := s.listen.Close()
	s.mu.Lock()
	s.closing = true
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
	return err
}

// Logins is how often somebody tried to log in.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}
