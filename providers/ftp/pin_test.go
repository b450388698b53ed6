package ftp_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// certificateOf is what srv shows.
func certificateOf(t *testing.T, srv *ftptest.Server) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(srv.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func hexPin(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return hex.EncodeToString(sum[:])
}

func keyPin(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return "sha256//" + base64.StdEncoding.EncodeToString(sum[:])
}

// pinned are settings that trust pins and nothing else.
func pinned(srv *ftptest.Server, pins ...string) *ftp.Settings {
	s := settingsFor(srv)
	s.TLS.CAFile, s.TLS.PinSHA256 = "", pins
	return s
}

// exchange moves content in both directions, over several data connections.
func exchange(t *testing.T, store providers.Store) {
	t.Helper()
	body := providertest.Noise(1, 300_000)
	for _, name := range []string{"dir/a", "dir/b"} {
		if err := store.Put(t.Context(), name, body); err != nil {
			t.Fatal(err)
		}
	}
	r, err := store.Open(t.Context(), "dir/b", 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	if n != 300_000 || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
	r.Close()
	if files, err := store.List(t.Context(), "dir"); err != nil || len(files) != 2 {
		t.Errorf("listed %d files, %v", len(files), err)
	}
}

func TestPin_replacesChainNameAndExpiry(t *testing.T) {
	for _, o := range []ftptest.Options{
		{TLS: ftptest.Explicit}, {TLS: ftptest.Implicit, MaxTLS: tls.VersionTLS12}, {TLS: ftptest.Explicit, Expired: true},
	} {
		srv := ftptest.New(t, o)
		cert := certificateOf(t, srv)
		colons := strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(cert.Raw)), " ", ":")
		for _, pin := range []string{hexPin(cert), strings.ToUpper(hexPin(cert)), colons, keyPin(cert)} {
			s := pinned(srv, strings.Repeat("00", 32), pin)
			s.TLS.ServerName = "other.example.com"
			exchange(t, open(t, s, srv.Password))
		}
	}
}

// Servers that want data connections to resume the session of the control
// connection get that although the certificate has expired.
func TestPin_ofAnExpiredCertificateIsEnoughForSessionReuse(t *testing.T) {
	for _, name := range []string{"vsftpd", "proftpd"} {
		for _, mode := range []ftptest.TLS{ftptest.Explicit, ftptest.Implicit} {
			for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				t.Run(fmt.Sprintf("%s/%s/%s", name, mode, tls.VersionName(version)), func(t *testing.T) {
					srv := ftptest.NewReal(t, name, ftptest.RealOptions{TLS: mode, MaxTLS: version, Expired: true})
					exchange(t, open(t, pinned(srv, keyPin(certificateOf(t, srv))), srv.Password))
					blind := pinned(srv)
					blind.TLS.InsecureSkipVerify = true
					if _, err := open(t, blind, srv.Password).List(t.Context(), "dir"); err != nil {
						t.Errorf("with insecure_skip_verify: %v", err)
					}
				})
			}
		}
	}
}

// pasted finds the line to paste in a hint, and what is in it.
var pasted = regexp.MustCompile(`(?m)^  tls \{ pin_sha256 = \["([0-9A-F:]+)"\] \}$`)

func TestHint_isTheLineThatPinsTheCertificate(t *testing.T) {
	for name, c := range map[string]struct {
		options ftptest.Options
		change  func(*ftp.Settings)
		want    string
	}{
		"unknown issuer": {change: func(s *ftp.Settings) { s.TLS.CAFile = "" }, want: "tls.ca_file"},
		"other name":     {change: func(s *ftp.Settings) { s.TLS.ServerName = "nas.example.com" }, want: "tls.server_name"},
		"expired":        {options: ftptest.Options{Expired: true}, change: func(*ftp.Settings) {}, want: "renew it"},
		"another pin": {
			change: func(s *ftp.Settings) { s.TLS.CAFile, s.TLS.PinSHA256 = "", []string{strings.Repeat("00", 32)} },
			want:   "somebody may be intercepting the connection",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.TLS = ftptest.Explicit
			srv := ftptest.New(t, c.options)
			s := settingsFor(srv)
			c.change(s)
			_, err := open(t, s, srv.Password).Stat(t.Context(), ".")
			hint := providers.Hint(err)
			if !errors.Is(err, providers.ErrUnreachable) || !strings.Contains(hint, c.want) || !strings.Contains(hint, "SHA-256 fingerprint") {
				t.Errorf("got %v, hint %q, want %q", err, hint, c.want)
			}
			line := pasted.FindStringSubmatch(hint)
			if line == nil {
				t.Fatalf("no line to paste in %q", hint)
			}
			exchange(t, open(t, pinned(srv, line[1]), srv.Password))
			if got := srv.Logins(); got != 1 {
				t.Errorf("%d logins, want that with the pin alone", got)
			}
		})
	}
}

func TestClientCertificate_isShownToServersThatDemandIt(t *testing.T) {
	servers := map[string]func(*testing.T) *ftptest.Server{
		"in-process-1.3": func(t *testing.T) *ftptest.Server {
			return ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit, NeedsClientCert: true})
		},
		"in-process-1.2": func(t *testing.T) *ftptest.Server {
			return ftptest.New(t, ftptest.Options{TLS: ftptest.Implicit, MaxTLS: tls.VersionTLS12, NeedsClientCert: true})
		},
	}
	for _, name := range []string{"vsftpd", "proftpd"} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			servers[name+" "+tls.VersionName(version)] = func(t *testing.T) *ftptest.Server {
				return ftptest.NewReal(t, name, ftptest.RealOptions{TLS: ftptest.Explicit, MaxTLS: version, NeedsClientCert: true})
			}
		}
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			s := settingsFor(srv)
			_, err := open(t, s, srv.Password).Stat(t.Context(), ".")
			if hint := providers.Hint(err); !errors.Is(err, providers.ErrUnreachable) || !strings.Contains(hint, "set `tls.client_cert`") {
				t.Errorf("without: got %v, hint %q", err, hint)
			}
			s = settingsFor(srv)
			s.TLS.ClientCert, s.TLS.ClientKey = ftptest.WriteExpired(t)
			_, err = open(t, s, srv.Password).Stat(t.Context(), ".")
			if hint := providers.Hint(err); !errors.Is(err, providers.ErrUnreachable) || !strings.Contains(hint, s.TLS.ClientCert) {
				t.Errorf("with another: got %v, hint %q", err, hint)
			}
			s = settingsFor(srv)
			s.TLS.ClientCert, s.TLS.ClientKey = srv.ClientCert, srv.ClientKey
			exchange(t, open(t, s, srv.Password))
		})
	}
}

func TestClientCertificate_thatCannotBeReadIsAnErrorOfOpen(t *testing.T) {
	s := sound()
	s.TLS = &ftp.TLS{ClientCert: "/missing/cert.pem", ClientKey: "/missing/key.pem"}
	_, err := ftp.Open(t.Context(), s, secret(""))
	if err == nil || !strings.Contains(err.Error(), "tls.client_cert") || providers.Hint(err) == "" {
		t.Errorf("got %v, hint %q", err, providers.Hint(err))
	}
}
