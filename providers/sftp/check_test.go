package sftp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp"
	"github.com/vmxsync/vmxsync/providers/sftp/sftptest"
)

func TestCheck_reportsTheAttribute(t *testing.T) {
	srv := sftptest.New(t, sftptest.Options{})
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(srv.HostKeys[0])))
	for name, c := range map[string]struct {
		attribute string // "": all is well
		change    func(*sftp.Settings)
	}{
		"well":             {"", func(s *sftp.Settings) {}},
		"key":              {"", func(s *sftp.Settings) { s.HostKey = []string{line} }},
		"security key":     {"host_key", func(s *sftp.Settings) { s.HostKey = []string{securityKey} }},
		"certificate":      {"host_key", func(s *sftp.Settings) { s.HostKey = []string{certificate(t, srv)} }},
		"jump host's key":  {"proxy_host_key", func(s *sftp.Settings) { s.Proxy, s.ProxyHostKey = "ssh://h", []string{securityKey} }},
		"jump host":        {"", func(s *sftp.Settings) { s.Proxy = "ssh://h:65535" }},
		"jump host's port": {"proxy", func(s *sftp.Settings) { s.Proxy = "ssh://h:65536" }},
		"no port":          {"proxy", func(s *sftp.Settings) { s.Proxy = "ssh://h:0" }},
		"port of a proxy":  {"proxy", func(s *sftp.Settings) { s.Proxy = "socks5://h:70000" }},
		"port of HTTP":     {"proxy", func(s *sftp.Settings) { s.Proxy = "http://h:0" }},
	} {
		s := settingsFor(srv)
		c.change(s)
		var got []string
		for _, p := range s.Check() {
			got = append(got, p.Attribute)
		}
		if strings.Join(got, " ") != c.attribute {
			t.Errorf("%s: problems of %q, want %q", name, got, c.attribute)
		}
	}
}

// securityKey is the public key of a FIDO token, which no server has for a host key.
const securityKey = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIKtqu3IwQUdgG0xHUlIFaUqaBg9ltIVPgmEkA4mdRSSrAAAABHNzaDo= token"

// certificate is one of the host key, which names no key that a server shows for a pin.
func certificate(t *testing.T, srv *sftptest.Server) string {
	t.Helper()
	text, err := os.ReadFile(srv.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	c := &ssh.Certificate{Key: srv.HostKeys[0], CertType: ssh.HostCert, ValidBefore: ssh.CertTimeInfinity}
	if err := c.SignCert(strings.NewReader(strings.Repeat("x", 1024)), signer); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(c)))
}

// ssh looks for a host in small letters, and that is what it writes to known_hosts.
func TestHostKey_ofAHostInCapitals(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{})
	known := filepath.Join(t.TempDir(), "known_hosts")
	for _, host := range []string{"localhost", "LocalHost"} {
		line := strings.ReplaceAll(srv.KnownHosts(), srv.Host, host)
		must(t, os.WriteFile(known, []byte(line), 0o600))
		s := settingsFor(srv)
		s.Host, s.HostKey, s.KnownHosts = "LocalHost", nil, known
		wantWorks(t, open(t, srv, s))
	}
	must(t, os.WriteFile(known, nil, 0o600))
	s := settingsFor(srv)
	s.Host, s.HostKey, s.KnownHosts = "LocalHost", nil, known
	_, err := open(t, srv, s).List(t.Context(), ".")
	if hint := providers.Hint(err); !strings.Contains(hint, "[localhost]:") {
		t.Errorf("hint %q, want the line as ssh writes it", hint)
	}
}
