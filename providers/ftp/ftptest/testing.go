package ftptest

import (
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// New starts an in-process server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	return running(t, s, err)
}

func running(t testing.TB, s *Server, err error) *Server {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && s.process != nil {
			t.Logf("the last output of %s:\n%s", s.Name, s.process.LastLines())
		}
		if err := s.Close(); err != nil {
			t.Errorf("stop %s: %v", s.Name, err)
		}
	})
	return s
}

// NewReal starts a real server that ends with the test. Where the server
// cannot run, it does what RequireReal does.
func NewReal(t testing.TB, name string, o RealOptions) *Server {
	t.Helper()
	RequireReal(t, name)
	s, err := StartReal(name, o)
	return running(t, s, err)
}

// RequireReal skips the test where the real server cannot run, with the one
// line of Available. With VMXSYNC_REQUIRE_SERVERS=1, as in CI, it fails it.
func RequireReal(t testing.TB, name string) {
	t.Helper()
	err := Available(name)
	if r, _ := find(name); err != nil && r.optional {
		t.Skip(err)
	}
	if err != nil {
		testserver.Refuse(t, err)
	}
}

// Via starts a relay in front of s that ends with the test.
func Via(t testing.TB, s *Server, f Faults) *Relay {
	t.Helper()
	r, err := NewRelay(s, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// WriteExpired writes the expired certificate and its key as PEM files that
// end with the test: a client that shows it is refused.
func WriteExpired(t testing.TB) (cert, key string) {
	t.Helper()
	c, err := theExpired()
	if err == nil {
		dir := t.TempDir()
		cert, key = filepath.Join(dir, "ca.pem"), filepath.Join(dir, "key.pem")
		err = c.writeTo(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}
