package account

import (
	"fmt"
	"net/netip"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/charset"
	"github.com/vmxsync/vmxsync/providers/proxy"
)

// maxConnections keeps a typing error from opening thousands of sessions.
const maxConnections = 64

// Check reports all that is wrong with the settings.
func (s *Settings) Check() []providers.Problem {
	var found []providers.Problem
	for _, check := range []func(*Settings) []providers.Problem{
		checkHost, checkPort, checkUser, checkRoot, checkConnections, checkKeepalive,
		checkEncoding, checkProxy, checkTLS, checkPins, checkClientCertificate, checkOff, checkMethod, checkVerify,
	} {
		found = append(found, check(s)...)
	}
	return found
}

func one(attribute, summary, format string, args ...any) []providers.Problem {
	return []providers.Problem{{Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(format, args...)}}
}

func checkHost(s *Settings) []providers.Problem {
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

func checkPort(s *Settings) []providers.Problem {
	if s.Port >= 0 && s.Port <= 65535 {
		return nil
	}
	return one("port", "Invalid port", "Port %d is not between 1 and 65535. Omit the attribute for 21, or 990 with implicit TLS.", s.Port)
}

func checkUser(s *Settings) []providers.Problem {
	if HasControl(s.Username) {
		return one("username", "Invalid username", "%q contains a control character, which FTP cannot send.", s.Username)
	}
	return nil
}

// HasControl reports whether a text has a control character, which FTP cannot send.
func HasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

func checkRoot(s *Settings) []providers.Problem {
	root := s.RootDir()
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

func checkConnections(s *Settings) []providers.Problem {
	if s.Connections >= 1 && s.Connections <= maxConnections {
		return nil
	}
	return one("connections", "Invalid number of connections",
		"%d is not between 1 and %d. Rented servers often allow 3 to 10 per account; 4 is the default.", s.Connections, maxConnections)
}

func checkKeepalive(s *Settings) []providers.Problem {
	if s.Keepalive > 0 {
		return nil
	}
	return one("keepalive", "Invalid keepalive",
		"Without keepalive a router forgets the control connection during a long upload. Omit the attribute for 15s.")
}

func checkProxy(s *Settings) []providers.Problem { return proxy.Check(s.Proxy, s.ProxyPassword) }

func checkTLS(s *Settings) []providers.Problem {
	t := s.TLS
	if t == nil {
		return nil
	}
	var found []providers.Problem
	if m := s.TLSMode(); m != Explicit && m != Implicit && m != Off {
		found = append(found, one("tls.mode", "Invalid TLS mode", "%q is not \"explicit\", \"implicit\" or \"off\".", m)...)
	}
	if v := t.MinVersion; v != "" && TLSVersions[v] == 0 {
		found = append(found, one("tls.min_version", "Invalid TLS version", "%q is not \"1.2\" or \"1.3\".", v)...)
	}
	if t.InsecureSkipVerify && t.CAFile != "" {
		found = append(found, one("tls.insecure_skip_verify", "Contradicting attributes",
			"With insecure_skip_verify nothing is verified, so ca_file has no effect. Remove insecure_skip_verify.")...)
	}
	return found
}

func checkOff(s *Settings) []providers.Problem {
	if s.TLSMode() != Off || s.loopback() {
		return nil
	}
	return []providers.Problem{{
		Attribute: "tls.mode",
		Summary:   "Connection is not encrypted",
		Detail:    fmt.Sprintf("Password and backups are sent to %q unencrypted. Remove mode = \"off\" unless the network is trusted.", s.Host),
		Warning:   true,
	}}
}

func checkVerify(s *Settings) []providers.Problem {
	switch v := s.TransferOptions().Verify; v {
	case providers.VerifySize, providers.VerifyHash, providers.VerifyReadback:
		return nil
	default:
		return one("transfer.verify", "Invalid way to verify", "%q is not %q, %q or %q.",
			v, providers.VerifySize, providers.VerifyHash, providers.VerifyReadback)
	}
}

func checkClientCertificate(s *Settings) []providers.Problem {
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

func checkMethod(s *Settings) []providers.Problem {
	const attribute = "transfer.method"
	switch m := s.MethodName(); {
	case m != Internal && m != Curl && m != NcFTPPut:
		return one(attribute, "Invalid transfer method", "%q is not \"internal\", \"curl\" or \"ncftpput\".", m)
	case m == NcFTPPut && s.TLSMode() != Off:
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
	case !charset.IsUTF8(s.Encoding):
		return "encoding"
	case t != nil && len(t.PinSHA256) > 0:
		return "pin_sha256"
	case t != nil && t.ClientCert != "":
		return "client_cert"
	}
	return ""
}

func checkEncoding(s *Settings) []providers.Problem {
	c, ok := charset.New(s.Encoding)
	if !ok {
		return one("encoding", "Unknown encoding",
			"%q is not an encoding that works with FTP. Omit the attribute for \"utf-8\", or set it to, for example, \"iso-8859-1\", \"windows-1252\" or \"shift_jis\".",
			s.Encoding)
	}
	var found []providers.Problem
	for _, a := range []struct{ name, value string }{{"username", s.Username}, {"root", s.Root}} {
		if _, err := c.Encode(a.value); err != nil {
			found = append(found, one(a.name, "Invalid "+a.name, "The %s cannot be sent: %v.", a.name, err)...)
		}
	}
	return found
}

func checkPins(s *Settings) []providers.Problem {
	t := s.TLS
	if t == nil || len(t.PinSHA256) == 0 {
		return nil
	}
	var found []providers.Problem
	for i, text := range t.PinSHA256 {
		if _, ok := ParsePin(text); !ok {
			found = append(found, one(fmt.Sprintf("tls.pin_sha256[%d]", i), "Invalid pin",
				"%q is neither the SHA-256 of a certificate (64 hex digits, with or without colons) "+
					"nor that of a public key (sha256// and 44 characters of base64).", text)...)
		}
	}
	switch {
	case s.TLSMode() == Off:
		found = append(found, one("tls.pin_sha256", "Contradicting attributes",
			"With mode = \"off\" there is no certificate, so pin_sha256 has no effect. Remove mode.")...)
	case t.InsecureSkipVerify:
		found = append(found, one("tls.insecure_skip_verify", "Contradicting attributes",
			"With insecure_skip_verify nothing is verified, so pin_sha256 has no effect. Remove insecure_skip_verify.")...)
	case t.CAFile != "":
		found = append(found, providers.Problem{
			Attribute: "tls.ca_file", Summary: "Attribute without effect", Warning: true,
			Detail: "A pin replaces the checks of the chain, the name and the dates of a certificate, so ca_file has no effect. Remove one of the two.",
		})
	}
	return found
}
