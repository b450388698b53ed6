package ftptest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// certificate is the one that all servers of this process show: signed by
// itself, for 127.0.0.1 and localhost. It is RSA because vsftpd offers no
// other cipher suites by default.
type certificate struct {
	pair tls.Certificate
	cert []byte // PEM
	key  []byte // PEM
}

var theCertificate = sync.OnceValues(newCertificate)

func newCertificate() (certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return certificate{}, err
	}
	template := certificateTemplate(time.Now())
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
		cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	}, nil
}

func certificateTemplate(now time.Time) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost"},
		IPAddresses:           addresses(),
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(1, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
}

// WriteCA writes the PEM of the certificate that all servers of this process
// show. Server.CAFile has the same content.
func WriteCA(file string) error {
	c, err := theCertificate()
	if err != nil {
		return err
	}
	return os.WriteFile(file, c.cert, 0o644)
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
	for last := byte(1); last <= relayLast; last++ {
		all = append(all, net.IPv4(127, 0, 0, last))
	}
	return all
}
