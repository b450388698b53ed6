package ftp

import (
	"fmt"
	"net/netip"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
)

// maxConnections keeps a typing error from opening thousands of sessions.
const maxConnections = 64

// Check reports all that is wrong with the settings.
func (s *Settings) Check() []providers.Problem {
	var found []providers.Problem
	for _, check := range []func() []providers.Problem{
		s.checkHost, s.checkPort, s.checkUser, s.checkRoot, s.checkConnections, s.checkKeepalive,
		s.checkEncoding, s.checkProxy, s.checkTLS, s.checkPins, s.checkClientCertificate, s.checkOff, s.checkMethod, s.checkVerify,
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
		return one("host", "Invalid host", "%q contains a colon but is not an IPv6 address. %s Set a port with port = 2121.", s.Host, way)
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
	return one("port", "Invalid port", "Port %d is not between 1 and 65535. Omit the attribute for 21, or 990 with implicit TLS.", s.Port)
}

func (s *Settings) checkUser() []providers.Problem {
	if strings.ContainsFunc(s.Username, isControl) {
		return one("username", "Invalid username", "%q contains a control character, which FTP cannot send.", s.Username)
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func (s *Settings) checkRoot() []providers.Problem {
	root := s.root()
	if !strings.HasPrefix(root, "/") || path.Clean(root) != root {
		clean := path.Clean("/" + strings.ReplaceAll(root, "\\", "/"))
		return one("root", "Invalid root", "%q is not an absolute path with single slashes and without a trailing slash. Write root = %q.", root, clean)
	}
	if len(root) > providers.MaxLine {
		return one("root", "Invalid root", "A root of %d bytes does not fit into one command line, which has at most %d bytes.", len(root), providers.MaxLine)
	}
	if err := providers.CheckPath(relative(root)); err != nil {
		return one("root", "Invalid root", "The root cannot be sent to a server: %v.", err)
	}
	return nil
}

// relative is an absolute path as package providers writes it.
func relative(root string) string {
	if root == "/" {
		return "."
	}
	return root[1:]
}

func (s *Settings) checkConnections() []providers.Problem {
	if s.Connections >= 1 && s.Connections <= maxConnections {
		return nil
	}
	return one("connections", "Invalid number of connections",
		"%d is not between 1 and %d. Rented servers often allow 3 to 10 per account; 4 is the default.", s.Connections, maxConnections)
}

func (s *Settings) checkKeepalive() []providers.Problem {
	if s.Keepalive > 0 {
		return nil
	}
	return one("keepalive", "Invalid keepalive",
		"Without keepalive a router forgets the control connection during a long upload. Omit the attribute for 15s.")
}

func (s *Settings) checkProxy() []providers.Problem { return proxy.Check(s.Proxy, s.ProxyPassword) }

func (s *Settings) checkTLS() []providers.Problem {
	t := s.TLS
	if t == nil {
		return nil
	}
	var found []providers.Problem
	if m := s.mode(); m != Explicit && m != Implicit && m != Off {
		found = append(found, one("tls.mode", "Invalid TLS mode", "%q is not \"explicit\", \"implicit\" or \"off\".", m)...)
	}
	if v := t.MinVersion; v != "" && tlsVersions[v] == 0 {
		found = append(found, one("tls.min_version", "Invalid TLS version", "%q is not \"1.2\" or \"1.3\".", v)...)
	}
	if t.InsecureSkipVerify && t.CAFile != "" {
		found = append(found, one("tls.insecure_skip_verify", "Contradicting attributes",
			"With insecure_skip_verify nothing is verified, so ca_file has no effect. Remove insecure_skip_verify.")...)
	}
	return found
}

func (s *Settings) checkOff() []providers.Problem {
	if s.mode() != Off || s.loopback() {
		return nil
	}
	return []providers.Problem{{
		Attribute: "tls.mode",
		Summary:   "Connection is not encrypted",
		Detail:    fmt.Sprintf("Password and backups are sent to %q unencrypted. Remove mode = \"off\" unless the network is trusted.", s.Host),
		Warning:   true,
	}}
}

func (s *Settings) checkVerify() []providers.Problem {
	switch v := s.transfer().Verify; v {
	case providers.VerifySize, providers.VerifyHash, providers.VerifyReadback:
		return nil
	default:
		return one("transfer.verify", "Invalid way to verify", "%q is not %q, %q or %q.",
			v, providers.VerifySize, providers.VerifyHash, providers.VerifyReadback)
	}
}

func (s *Settings) checkClientCertificate() []providers.Problem {
	t := s.TLS
	switch {
	case t == nil:
		return nil
	case t.ClientCert != "" && t.ClientKey == "":
		return one("tls.client_cert", "Certificate without a key", "Set client_key to the PEM file with the private key of %q.", t.ClientCert)
	case t.ClientKey != "" && t.ClientCert == "":
		return one("tls.client_key", "Key without a certificate", "Set client_cert to the PEM file with the certificate for %q.", t.ClientKey)
	}
	return nil
}

func (s *Settings) checkMethod() []providers.Problem {
	const attribute = "transfer.method"
	switch m := s.method(); {
	case m != Internal && m != Curl && m != NcFTPPut:
		return one(attribute, "Invalid transfer method", "%q is not \"internal\", \"curl\" or \"ncftpput\".", m)
	case m == NcFTPPut && s.mode() != Off:
		return one(attribute, "Transfer method without TLS",
			"ncftpput cannot encrypt, and the tls block is not mode = \"off\". Set method = \"curl\", or remove the attribute.")
	case m == NcFTPPut && isIPv6(s.Host):
		return one(attribute, "Transfer method without IPv6",
			"ncftpput does not support IPv6 addresses such as %q. Set method = \"curl\", or remove the attribute.", s.Host)
	case m != Internal && s.beyond() != "":
		return one(attribute, "Transfer method without "+s.beyond(),
			"vmxsync uses %s for this server, which %s does not support. Remove method from the transfer block; for a private certificate authority, ca_file works with both.", s.beyond(), m)
	}
	return nil
}

// beyond names an attribute that has no option of the program; "" if none
// is set.
func (s *Settings) beyond() string {
	switch t := s.TLS; {
	case s.Proxy != "":
		return "proxy"
	case !isUTF8(s.Encoding):
		return "encoding"
	case t != nil && len(t.PinSHA256) > 0:
		return "pin_sha256"
	case t != nil && t.ClientCert != "":
		return "client_cert"
	}
	return ""
}
