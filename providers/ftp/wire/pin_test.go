package wire

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// handshake connects c and a server with that configuration, and reads a byte:
// under TLS 1.3 tickets come with it.
func handshake(t *testing.T, client, server *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	here, there := net.Pipe()
	defer here.Close()
	go func() {
		defer there.Close()
		s := tls.Server(there, server)
		s.Write([]byte("x"))
		io.Copy(io.Discard, s)
	}()
	c := tls.Client(here, client)
	_, err := io.ReadFull(c, make([]byte, 1))
	return c.ConnectionState(), err
}

func TestPin_holdsForEachConnectionAndResumes(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		good, other := serverTLS(t, true, version), serverTLS(t, false, version)
		client, err := sessionTLS(t)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := handshake(t, client, good); err != nil {
			t.Fatal(err)
		}
		if state, err := handshake(t, client, good); err != nil || !state.DidResume {
			t.Errorf("%s: resumed %v, %v", tls.VersionName(version), state.DidResume, err)
		}
		if _, err := handshake(t, client, other); err == nil {
			t.Errorf("%s: a data connection to another server was trusted", tls.VersionName(version))
		}
	}
}

// serverTLS shows what ftptest's servers show.
func serverTLS(t *testing.T, expired bool, version uint16) *tls.Config {
	t.Helper()
	pair, err := ftptest.KeyPair(expired)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MaxVersion: version}
}

// sessionTLS is the configuration of one control connection, and of its data
// connections, to a server of which the expired certificate is pinned.
func sessionTLS(t *testing.T) (*tls.Config, error) {
	t.Helper()
	pair, err := ftptest.KeyPair(true)
	if err != nil {
		t.Fatal(err)
	}
	pin := sha256.Sum256(pair.Certificate[0])
	s := account.NewSettings()
	s.Host, s.TLS = "127.0.0.1", &account.TLS{PinSHA256: []string{hex.EncodeToString(pin[:])}}
	d, err := NewDialer(s, "")
	if err != nil {
		return nil, err
	}
	session := &Session{Dialer: d}
	secureBy(session, d.TLS)
	return session.tls, nil
}
