package ftp

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// parseProxy says what is wrong without repeating the text, which may hold a
// password.
func parseProxy(text string) (u *url.URL, why string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, "It is not a URL."
	}
	_, hasPassword := u.User.Password()
	switch {
	case tunnels[u.Scheme] == nil:
		return nil, fmt.Sprintf("The scheme %q is neither socks5 nor http.", u.Scheme)
	case hasPassword:
		return nil, "It contains a password; set proxy_password to a reference instead."
	case u.Hostname() == "" || u.Port() == "":
		return nil, "The host or the port is missing."
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, "It has text after the port."
	}
	return u, ""
}

func (s *Settings) checkProxy() []providers.Problem {
	if s.Proxy == "" {
		if s.ProxyPassword.IsZero() {
			return nil
		}
		return one("proxy_password", "Password without a proxy", "proxy_password needs a proxy: set proxy, or remove proxy_password.")
	}
	u, why := parseProxy(s.Proxy)
	switch {
	case why != "":
		return one("proxy", "Invalid proxy", "%s Write \"socks5://host:1080\" or \"http://host:3128\", with user@ before the host if the proxy requires a login.", why)
	case u.User.Username() == "" && !s.ProxyPassword.IsZero():
		return one("proxy_password", "Password without a user",
			"The proxy has no user: write proxy = \"%s://user@%s\", or remove proxy_password.", u.Scheme, u.Host)
	}
	return nil
}
