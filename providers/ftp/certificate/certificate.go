package certificate

import (
	"cmp"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// Config is what all sessions of a store share; nil where TLS is off.
func Config(s *account.Settings) (*tls.Config, error) {
	if s.TLSMode() == account.Off {
		return nil, nil
	}
	t := account.TLS{}
	if s.TLS != nil {
		t = *s.TLS
	}
	v, err := newVerifier(t, strings.Trim(s.Host, "[]"))
	if err != nil {
		return nil, err
	}
	own, err := ownCertificate(t)
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		ServerName:   v.name,
		MinVersion:   max(account.TLSVersions[t.MinVersion], tls.VersionTLS12),
		Certificates: own,
		// The chain is verified by VerifyConnection, which also runs when a
		// session is resumed, and which can name the certificate it refuses.
		InsecureSkipVerify: true,
		VerifyConnection:   v.verify,
		// Small records at the begin of a connection bring the first bytes sooner to one who
		// looks at them. An upload is looked at when it is whole.
		DynamicRecordSizingDisabled: true,
	}, nil
}

func newVerifier(t account.TLS, host string) (verifier, error) {
	roots, err := rootsFrom(t.CAFile)
	if err != nil {
		return verifier{}, err
	}
	pins, err := t.Pins()
	return verifier{name: cmp.Or(t.ServerName, host), roots: roots, pins: pins, blind: t.InsecureSkipVerify}, err
}

// ownCertificate is what this side shows to a server that asks; none is usual.
func ownCertificate(t account.TLS) ([]tls.Certificate, error) {
	if t.ClientCert == "" && t.ClientKey == "" {
		return nil, nil
	}
	pair, err := keyPair(t.ClientCert, t.ClientKey)
	if err != nil {
		return nil, providers.WithHint(fmt.Errorf("tls.client_cert: %w", err),
			"`tls.client_cert` and `tls.client_key` must be PEM files that match; the key must not have a passphrase.")
	}
	return []tls.Certificate{pair}, nil
}

// rootsFrom reads a PEM file; no file stands for the roots of the system.
func rootsFrom(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := readPEM(file)
	if err != nil {
		return nil, fmt.Errorf("tls.ca_file: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("tls.ca_file: %s contains no PEM certificate", file)
	}
	return roots, nil
}

func keyPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := readPEM(certFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readPEM(keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// maxPEM bounds what is read of a file of certificates, in bytes: those of a whole
// system are some 250 KB.
const maxPEM = 16 << 20

func readPEM(file string) ([]byte, error) {
	f, err := regular.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxPEM))
}

// verifier decides whether the certificate of a server is trusted.
type verifier struct {
	name  string
	roots *x509.CertPool
	pins  []account.Pin // instead of name and roots
	blind bool          // every certificate is
}

func (v verifier) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("server sent no certificate")
	}
	leaf := state.PeerCertificates[0]
	var err error
	switch {
	case v.blind:
	case len(v.pins) > 0:
		if !matchesAny(v.pins, leaf) {
			err = errNotPinned
		}
	default:
		err = v.verifyChain(leaf, state.PeerCertificates[1:])
	}
	if err != nil {
		return &Error{leaf: leaf, err: err}
	}
	return nil
}

func (v verifier) verifyChain(leaf *x509.Certificate, others []*x509.Certificate) error {
	options := x509.VerifyOptions{DNSName: v.name, Roots: v.roots, Intermediates: x509.NewCertPool()}
	for _, c := range others {
		options.Intermediates.AddCert(c)
	}
	_, err := leaf.Verify(options)
	return err
}

// matchesAny looks at the certificate of the server alone: nothing proves that
// those it sends along are its own.
func matchesAny(pins []account.Pin, leaf *x509.Certificate) bool {
	return slices.ContainsFunc(pins, func(p account.Pin) bool { return p.Matches(leaf) })
}

// Fingerprint is the SHA-256 of the certificate as openssl prints it.
func Fingerprint(leaf *x509.Certificate) string {
	sum := sha256.Sum256(leaf.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}
