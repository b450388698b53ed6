package account

import (
	"fmt"
	"net/netip"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
)

// maxConnections keeps a typing error from opening hundreds of sessions.
const maxConnections = 64

// Check reports all that is wrong with the settings.
func (s *Settings) Check() []providers.Problem {
	var found []providers.Problem
	for _, check := range []func() []providers.Problem{
		s.checkHost, s.checkPort, s.checkUser, s.checkLogin, s.checkPrivateKey, s.checkHostKeys,
		s.checkRoot, s.checkConnections, s.checkKeepalive, s.checkProxy, s.checkVerify,
	} {
		found = append(found, check()...)
	}
	return found
}

func one(attribute, summary, format string, args ...any) []providers.Problem {
	return []providers.Problem{{Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(format, args...)}}
}

func (s *Settings) checkHost() []providers.Problem {
	const way = "Write only the name or address: host = \"nas.example.com\"."
	switch {
	case s.Host == "":
		return one("host", "Missing host", "The host is empty. %s", way)
	case strings.Contains(s.Host, "://") || strings.ContainsAny(s.Host, "/@"):
		return one("host", "Invalid host", "%q looks like a URL. %s Username, port and root have their own attributes.", s.Host, way)
	case strings.ContainsFunc(s.Host, notInHost):
		return one("host", "Invalid host", "%q contains a character that is not valid in a host name. %s", s.Host, way)
	case strings.Contains(s.Host, ":") && !isIPv6(s.Host):
		return one("host", "Invalid host", "%q contains a colon but is not an IPv6 address. %s Set a port with port = 2222.", s.Host, way)
	}
	return nil
}

func notInHost(r rune) bool { return r <= ' ' || r == '"' || r == '\\' || r == 0x7f }

func isIPv6(host string) bool {
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.Is6()
}

func (s *Settings) checkPort() []providers.Problem {
	if s.Port >= 0 && s.Port <= 65535 {
		return nil
	}
	return one("port", "Invalid port", "Port %d is not between 1 and 65535. Omit the attribute for 22.", s.Port)
}

func (s *Settings) checkUser() []providers.Problem {
	switch {
	case s.Username == "":
		return one("username", "Missing username", "The username is empty: SSH has no anonymous login.")
	case strings.ContainsFunc(s.Username, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return one("username", "Invalid username", "%q contains a control character.", s.Username)
	}
	return nil
}

func (s *Settings) checkLogin() []providers.Problem {
	switch {
	case s.Password.IsZero() && s.PrivateKey == "" && !s.Agent:
		return one("", "No way to log in", "Set private_key to the file of a private key, password to a reference, or agent = true.")
	case !s.Passphrase.IsZero() && s.PrivateKey == "":
		return one("passphrase", "Passphrase without a private key", "passphrase needs private_key: set private_key, or remove passphrase.")
	}
	return nil
}

// checkPrivateKey never shows a key that was written in place of its file.
func (s *Settings) checkPrivateKey() []providers.Problem {
	switch {
	case strings.Contains(s.PrivateKey, "PRIVATE KEY"):
		return one("private_key", "Private key in the configuration",
			"private_key is the path of a file, never the key itself: write the key to a file that only you can read, and set private_key to its path.")
	case strings.HasSuffix(s.PrivateKey, ".pub"):
		return one("private_key", "Public key", "%q is the name of a public key. Set private_key to the file without .pub.", s.PrivateKey)
	}
	return nil
}

func (s *Settings) checkHostKeys() []providers.Problem {
	var found []providers.Problem
	for _, list := range []struct {
		attribute string
		keys      []string
	}{{"host_key", s.HostKey}, {"proxy_host_key", s.ProxyHostKey}} {
		for _, key := range list.keys {
			if _, err := hostkey.ParsePin(key); err != nil {
				found = append(found, one(list.attribute, "Invalid host key",
					"%q is %v. Write the fingerprint as ssh-keygen -lf prints it, %s = \"SHA256:…\", or the public key, %s = \"ssh-ed25519 AAAA…\".",
					key, err, list.attribute, list.attribute)...)
			}
		}
	}
	if jump, _ := ParseJump(s.Proxy); len(s.HostKey) > 0 && s.KnownHosts != "" && jump == nil {
		found = append(found, one("known_hosts", "Contradicting attributes",
			"With host_key only its keys are trusted, so known_hosts has no effect. Remove one of the two.")...)
	}
	return found
}

func (s *Settings) checkRoot() []providers.Problem {
	if s.Root == "" {
		return one("root", "Missing root", "The root is empty. Write the absolute path of a folder on the server, as root = \"/srv/vm-backups\".")
	}
	if !strings.HasPrefix(s.Root, "/") || path.Clean(s.Root) != s.Root {
		clean := path.Clean("/" + strings.ReplaceAll(s.Root, "\\", "/"))
		return one("root", "Invalid root", "%q is not an absolute path with single slashes and without a trailing slash. Write root = %q.", s.Root, clean)
	}
	if err := providers.CheckPath(strings.TrimPrefix(s.Root, "/")); err != nil && s.Root != "/" {
		return one("root", "Invalid root", "The root cannot be sent to a server: %v.", err)
	}
	return nil
}

func (s *Settings) checkConnections() []providers.Problem {
	if s.Connections >= 1 && s.Connections <= maxConnections {
		return nil
	}
	return one("connections", "Invalid number of connections",
		"%d is not between 1 and %d. sshd begins to refuse logins above 10 at the same time (MaxStartups); 4 is the default.", s.Connections, maxConnections)
}

func (s *Settings) checkKeepalive() []providers.Problem {
	if s.Keepalive > 0 {
		return nil
	}
	return one("keepalive", "Invalid keepalive", "Without keepalive a router forgets an idle connection. Omit the attribute for 15s.")
}

func (s *Settings) checkVerify() []providers.Problem {
	switch v := s.Moving().Verify; v {
	case providers.VerifySize, providers.VerifyReadback:
		return nil
	case providers.VerifyHash:
		return one("transfer.verify", "Verification without a hash",
			"SFTP servers compute no checksums. Set verify = %q, which reads every file back, or verify = %q.", providers.VerifyReadback, providers.VerifySize)
	default:
		return one("transfer.verify", "Invalid way to verify", "%q is not %q or %q.", v, providers.VerifySize, providers.VerifyReadback)
	}
}
