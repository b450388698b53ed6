package ftptest

import (
	"io/fs"
	"net"
	"os"
	"strconv"
	"sync"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest/disk"
	"github.com/vmxsync/vmxsync/providers/testserver"
)

// TLS says how a server protects its connections.
type TLS string

// The modes of a server. Explicit and Implicit are required of the client:
// nobody logs in, and nothing is transferred, in clear.
const (
	Off      TLS = ""
	Explicit TLS = "explicit" // AUTH TLS on the plain port
	Implicit TLS = "implicit" // TLS from the first byte
)

// Server is a running FTP server with one account, or two with Options.Also.
type Server struct {
	Name     string // "in-process", or a name of Real
	Host     string // always 127.0.0.1
	Port     int    // of the control connection
	User     string
	Password string
	Root     string // the folder on this disk that holds the files of the account
	Path     string // the same folder as a client names it, absolute
	AlsoRoot string // the folder of Options.Also
	TLS      TLS
	CAFile   string // PEM file that verifies the server; "" without TLS

	ClientCert string // PEM files of what a client has to show; "" where nothing is demanded
	ClientKey  string

	seen    *observer    // nil for a real server
	ghosts  *disk.Ghosts // nil for a real server
	close   func() error
	owner   int                  // uid of the account if it has one of its own
	passive testserver.PortRange // of a real server
	expired bool                 // what a real server shows
	process *testserver.Process  // of a real server
	again   func() error
}

// Addr is host:port of the control connection.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Close ends all sessions and the server, and waits for that. It removes what
// the server made for itself, also Root if the caller did not choose it. Only
// the first call does anything; the later ones return the same error.
func (s *Server) Close() error { return s.close() }

// closeOnce makes the Close of a server whose own files are in home.
func closeOnce(stop func() error, home string) func() error {
	return sync.OnceValue(func() error {
		err := stop()
		if rmErr := os.RemoveAll(home); err == nil {
			err = rmErr
		}
		return err
	})
}

// AlsoList makes the in-process server list names in dir, a folder as clients
// name it, besides what is there; see disk.Ghosts.
func (s *Server) AlsoList(dir string, mode fs.FileMode, names ...string) {
	s.ghosts.Add(dir, mode, names...)
}

// Logins counts the passwords that the in-process server accepted. Of a real
// server this is 0, as are the other counts: put a Relay in front of it.
func (s *Server) Logins() int { return s.seen.count(func(o *observer) int { return o.logins }) }

// Sessions is the number of control connections open now.
func (s *Server) Sessions() int { return s.seen.count(func(o *observer) int { return o.open }) }

// PeakSessions is the highest number of control connections that were open at
// the same time. Those refused by Options.MaxConnections are not counted.
func (s *Server) PeakSessions() int { return s.seen.count(func(o *observer) int { return o.peak }) }

// Commands returns the command lines that clients sent so far, of all sessions
// in the order of arrival, also those sent under TLS. Passwords are left out.
func (s *Server) Commands() []string { return s.seen.lines() }
