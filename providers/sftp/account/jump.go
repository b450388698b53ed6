package account

import (
	"net/url"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
)

// ParseJump reads the URL of a jump host, nil where the text is of another scheme. It
// never repeats the text, which may hold a password.
func ParseJump(text string) (u *url.URL, why string) {
	if !strings.HasPrefix(text, "ssh://") {
		return nil, ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, "It is not a URL."
	}
	_, hasPassword := u.User.Password()
	switch {
	case hasPassword:
		return nil, "It contains a password; set proxy_password to a reference instead."
	case u.Port() != "" && !proxy.IsPort(u.Port()):
		return nil, "The port is not between 1 and 65535."
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, "It has text after the port."
	}
	return u, ""
}

// checkProxy reports what is wrong with proxy and what belongs to it.
func (s *Settings) checkProxy() []providers.Problem {
	jump, why := ParseJump(s.Proxy)
	switch {
	case why != "":
		return one("proxy", "Invalid proxy", "%s Write \"ssh://user@host:22\" for a jump host.", why)
	case jump != nil:
		return nil
	case len(s.ProxyHostKey) > 0:
		return one("proxy_host_key", "Host key without a jump host", "proxy_host_key is for a jump host: set proxy = \"ssh://user@host:22\", or remove proxy_host_key.")
	}
	return proxy.Check(s.Proxy, s.ProxyPassword)
}
