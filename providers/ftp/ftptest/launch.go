package ftptest

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// The account of all servers, where the caller does not choose.
const (
	account  = "u"
	password = "secret"
	// passwordHash is password for crypt(3), as SHA-512 with a constant salt.
	passwordHash = "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG."
)

// launch is one try to start a real server.
type launch struct {
	RealOptions
	tree    string // the fetched packages
	program string
	home    string // the server's own temporary folder
	root    string
	port    int
	passive testserver.PortRange
}

func (l launch) file(name string) string { return filepath.Join(l.home, name) }
func (l launch) cert() string            { return l.file("ca.pem") }
func (l launch) key() string             { return l.file("key.pem") }
func (l launch) both() string            { return l.file("both.pem") }

// environment makes a program find its libraries in the tree. It has nothing
// of the caller's, so that a server behaves the same wherever it runs.
func (l launch) environment() []string {
	return []string{
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		"TZ=UTC0",
		"LC_ALL=C.UTF-8",
		"HOME=" + l.home,
		"TMPDIR=" + l.home,
		"LD_LIBRARY_PATH=" + l.libraries(),
		"PYTHONPATH=" + filepath.Join(l.tree, "usr/lib/python3/dist-packages"),
		"OPENSSL_CONF=" + l.file("openssl.cnf"),
		"SSL_CERT_FILE=" + l.cert(), // not all authorities of the system: ProFTPD reads them for each session
	}
}

func (l launch) libraries() string { return testserver.Libraries(l.tree) }

// openSSLConfig bounds the version of TLS in whatever uses OpenSSL, which is
// every real server, also those that have no option for it.
func (l launch) openSSLConfig() string {
	if l.MaxTLS != tls.VersionTLS12 {
		return ""
	}
	return "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMaxProtocol = TLSv1.2\n"
}

func write(file, content string) error { return os.WriteFile(file, []byte(content), 0o600) }

// seconds rounds up: servers know no less.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
