package ftptest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest/relay"
)

// certificate is the one that all servers of this process show: signed by
// itself, for 127.0.0.1 and localhost. It is RSA because vsftpd offers no
// other cipher suites by default. Clients show it as well, where a server
// demands a certificate.
type certificate struct {
	pair tls.Certificate
	from time.Time // when its validity begins
	cert []byte    // PEM
	key  []byte    // PEM
}

var theCertificate = sync.OnceValues(func() (certificate, error) { return newCertificate(0, 1) })

// theExpired was valid for a year, and has not been for another.
var theExpired = sync.OnceValues(func() (certificate, error) { return newCertificate(-2, -1) })

// certificateFor is what a server shows.
func certificateFor(expired bool) (certificate, error) {
	if expired {
		return theExpired()
	}
	return theCertificate()
}

// newCertificate is valid from an hour before that many years from now on.
func newCertificate(from, to int) (certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return certificate{}, err
	}
	now := time.Now()
	template := certificateTemplate(now.AddDate(from, 0, 0).Add(-time.Hour), now.AddDate(to, 0, 0))
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return certificate{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return certificate{}, err
	}
	return certificate{
		pair: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		from: template.NotBefore,
		cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}, nil
}

func certificateTemplate(from, to time.Time) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(from.UnixNano()),
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost"},
		IPAddresses:           addresses(),
		NotBefore:             from,
		NotAfter:              to,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
}

// WriteCA writes the PEM of the certificate that all servers of this process
// show, unless they show an expired one. Server.CAFile has the same content.
func WriteCA(file string) error {
	c, err := theCertificate()
	if err != nil {
		return err
	}
	return os.WriteFile(file, c.cert, 0o644)
}

// writeClient writes what a client shows into dir, and returns where.
func writeClient(dir string) (cert, key string, err error) {
	c, err := theCertificate()
	if err != nil {
		return "", "", err
	}
	cert, key = filepath.Join(dir, "client.pem"), filepath.Join(dir, "client-key.pem")
	return cert, key, errors.Join(os.WriteFile(cert, c.cert, 0o600), os.WriteFile(key, c.key, 0o600))
}

// writeTo writes ca.pem, key.pem and both.pem (key first) into dir.
func (c certificate) writeTo(dir string) error {
	both := append(append([]byte{}, c.key...), c.cert...)
	for name, content := range map[string][]byte{"ca.pem": c.cert, "key.pem": c.key, "both.pem": both} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// addresses are 127.0.0.1, of servers, and those after it, of relays.
func addresses() []net.IP {
	var all []net.IP
	for last := byte(1); last <= relay.LastAddress; last++ {
		all = append(all, net.IPv4(127, 0, 0, last))
	}
	return all
}

// KeyPair is the certificate that servers of this process show, or the expired
// one, for a TLS server of the test's own.
func KeyPair(expired bool) (tls.Certificate, error) {
	c, err := certificateFor(expired)
	return c.pair, err
}
