package sftptest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// The account of all servers.
const (
	account  = "u"
	password = "secret"
	// passwordHash is password for crypt(3), as SHA-512 with a constant salt.
	passwordHash = "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG."
)

// Server is a running SFTP server with one account.
type Server struct {
	Name     string // "in-process", "sshd", "sshd-chroot" or "proftpd"
	Host     string // always 127.0.0.1
	Port     int
	User     string
	Password string
	KeyFile  string // a private key that logs in as well
	Root     string // the folder on this disk that holds the files of the account
	Path     string // the same folder as a client names it, absolute
	HostKeys []ssh.PublicKey

	home    string
	close   func() error
	process *testserver.Process // of a real server
	again   func() error
	owner   int // uid of the account if it is not the caller's
	seen    *observer
}

// Addr is host:port.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Fingerprint is that of the first host key, as ssh-keygen -lf prints it.
func (s *Server) Fingerprint() string { return ssh.FingerprintSHA256(s.HostKeys[0]) }

// KnownHosts are the lines of a known_hosts file that trusts the server.
func (s *Server) KnownHosts() string {
	var lines strings.Builder
	for _, key := range s.HostKeys {
		fmt.Fprintln(&lines, knownhosts.Line([]string{s.Addr()}, key))
	}
	return lines.String()
}

// Close ends all sessions and the server, and removes what it made for itself, also Root
// if the caller did not choose it.
func (s *Server) Close() error { return s.close() }

// Kill ends a real server and all its sessions as kill -9 does, in whatever they are doing.
func (s *Server) Kill() error {
	if s.process == nil {
		return fmt.Errorf("%s cannot be killed: it is this process", s.Name)
	}
	return s.process.Kill()
}

// Restart starts a real server again that was killed: on the same port, with the same keys.
func (s *Server) Restart() error {
	if err := s.Kill(); err != nil {
		return err
	}
	return s.again()
}

// Adopt gives all files under Root to the account. Call it after putting files there.
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

// prepare makes what every server has: a home of its own, a root, host keys of the types
// given, and a key of the account.
func (s *Server) prepare(root string, types []string) (err error) {
	s.Host, s.User, s.Password = testserver.Host, account, password
	if s.home, err = os.MkdirTemp("", "sftptest-"); err != nil {
		return err
	}
	if s.Root = root; root == "" {
		s.Root = filepath.Join(s.home, "root")
		err = os.Mkdir(s.Root, 0o755)
	}
	if len(types) == 0 {
		types = []string{"ed25519"}
	}
	for _, t := range types {
		public, keyErr := s.writeKey("host_"+t, t)
		err = errors.Join(err, keyErr)
		s.HostKeys = append(s.HostKeys, public)
	}
	public, keyErr := s.writeKey("id", "ed25519")
	if keyErr == nil {
		s.KeyFile = s.file("id")
		keyErr = os.WriteFile(s.file("authorized_keys"), ssh.MarshalAuthorizedKey(public), 0o644)
	}
	return errors.Join(err, keyErr)
}

func (s *Server) file(name string) string { return filepath.Join(s.home, name) }

// writeKey makes a private key and writes it to a file.
func (s *Server) writeKey(name, keyType string) (ssh.PublicKey, error) {
	private, err := newKey(keyType)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "sftptest")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(s.file(name), pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return nil, err
	}
	return signer.PublicKey(), nil
}

func newKey(keyType string) (any, error) {
	switch keyType {
	case "ed25519":
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	case "ecdsa":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa":
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, fmt.Errorf("no key is called %q", keyType)
}

// closeOnce makes the Close of a server.
func (s *Server) closeOnce(stop func() error) func() error {
	return sync.OnceValue(func() error { return errors.Join(stop(), os.RemoveAll(s.home)) })
}

// New starts an in-process server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	return running(t, s, err)
}

// NewReal starts sshd, which ends with the test. Where it cannot run, the test is
// skipped with the reason, or fails: see testserver.Refuse.
func NewReal(t testing.TB, o RealOptions) *Server {
	t.Helper()
	RequireReal(t, o)
	s, err := StartReal(o)
	return running(t, s, err)
}

// RequireReal skips or fails the test where sshd cannot run with o.
func RequireReal(t testing.TB, o RealOptions) {
	t.Helper()
	if err := Available(o); err != nil {
		testserver.Refuse(t, err)
	}
}

func running(t testing.TB, s *Server, err error) *Server {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("stop %s: %v", s.Name, err)
		}
	})
	return s
}
