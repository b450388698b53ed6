package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// place is a server as a client reaches it: itself, or through a relay.
type place struct {
	server *ftptest.Server
	host   string
	port   int
}

func direct(s *ftptest.Server) place { return place{server: s, host: s.Host, port: s.Port} }

func through(s *ftptest.Server, r *ftptest.Relay) place {
	return place{server: s, host: r.Host, port: r.Port}
}

// addr is host:port.
func (p place) addr() string { return net.JoinHostPort(p.host, strconv.Itoa(p.port)) }

// scheme is that of a URL of the server.
func (p place) scheme() string {
	if p.server.TLS == ftptest.Implicit {
		return "ftps"
	}
	return "ftp"
}

// url names a path below the folder of the login, which is the root of the account.
func (p place) url(path string) string {
	return fmt.Sprintf("%s://%s/%s", p.scheme(), p.addr(), filepath.ToSlash(path))
}

// startServer starts a real server with an empty root in dir.
func startServer(name string, tls ftptest.TLS, dir string) (*ftptest.Server, error) {
	root := filepath.Join(dir, "root")
	if err := errors.Join(os.RemoveAll(root), os.Mkdir(root, 0o755)); err != nil {
		return nil, err
	}
	return ftptest.StartReal(name, ftptest.RealOptions{TLS: tls, Root: root})
}

// delayed makes every round trip last that long, also the one that opens a connection.
func delayed(roundTrip time.Duration) ftptest.Faults {
	return ftptest.Faults{Delay: roundTrip / 2, Connect: roundTrip}
}

// empty removes what is in a folder, but not the folder, which may belong to the server.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return err
}
