package ftp

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

var tlsVersions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// tlsConfig is what all sessions of a store share; nil where TLS is off.
func (s *Settings) tlsConfig() (*tls.Config, error) {
	if s.mode() == Off {
		return nil, nil
	}
	t := TLS{}
	if s.TLS != nil {
		t = *s.TLS
	}
	v := verifier{name: strings.Trim(s.Host, "[]")}
	if t.ServerName != "" {
		v.name = t.ServerName
	}
	roots, err := rootsFrom(t.CAFile)
	if err != nil {
		return nil, err
	}
	v.roots = roots
	config := &tls.Config{
		ServerName: v.name,
		MinVersion: max(tlsVersions[t.MinVersion], tls.VersionTLS12),
		// The chain is verified by VerifyConnection, which also runs when a
		// session is resumed, and which can name the certificate it refuses.
		InsecureSkipVerify: true,
	}
	if !t.InsecureSkipVerify {
		config.VerifyConnection = v.verify
	}
	return config, nil
}

// rootsFrom reads a PEM file; no file stands for the roots of the system.
func rootsFrom(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("tls.ca_file: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("tls.ca_file: %s holds no PEM certificate", file)
	}
	return roots, nil
}

// verifier decides whether the certificate of a server is trusted.
type verifier struct {
	name  string
	roots *x509.CertPool
}

func (v verifier) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("server sent no certificate")
	}
	leaf := state.PeerCertificates[0]
	options := x509.VerifyOptions{DNSName: v.name, Roots: v.roots, Intermediates: x509.NewCertPool()}
	for _, c := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	if _, err := leaf.Verify(options); err != nil {
		return &distrust{leaf: leaf, err: err}
	}
	return nil
}

// distrust is the refusal of a certificate, with the certificate.
type distrust struct {
	leaf *x509.Certificate
	err  error
}

func (d *distrust) Error() string { return providers.Escape(d.err.Error()) }
func (d *distrust) Unwrap() error { return d.err }

// fingerprint is the SHA-256 of the certificate as openssl prints it.
func (d *distrust) fingerprint() string {
	sum := sha256.Sum256(d.leaf.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// ticket is the TLS session of one control connection. Servers want the data
// connections to resume exactly that one, but each data connection has another
// address and brings tickets of its own: so the key is ignored, and nothing is
// kept any more once the ticket has been used.
type ticket struct {
	state *tls.ClientSessionState
	used  bool
}

func (t *ticket) Get(string) (*tls.ClientSessionState, bool) {
	t.used = t.used || t.state != nil
	return t.state, t.state != nil
}

func (t *ticket) Put(_ string, state *tls.ClientSessionState) {
	if !t.used && state != nil {
		t.state = state
	}
}
