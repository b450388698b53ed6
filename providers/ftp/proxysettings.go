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
		return nil, "It is no URL."
	}
	_, hasPassword := u.User.Password()
	switch {
	case tunnels[u.Scheme] == nil:
		return nil, fmt.Sprintf("The scheme %q is neither socks5 nor http.", u.Scheme)
	case hasPassword:
		return nil, "It holds a password, which belongs into proxy_password, as a reference."
	case u.Hostname() == "" || u.Port() == "":
		return nil, "The host or the port is missing."
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, "There is something after the port."
	}
	return u, ""
}

func (s *Settings) checkProxy() []providers.Problem {
	if s.Proxy == "" {
		if s.ProxyPassword.IsZero() {
			return nil
		}
		return one("proxy_password", "Password without a proxy", "There is no proxy that it is for: set proxy, or remove proxy_password.")
	}
	u, why := parseProxy(s.Proxy)
	switch {
	case why != "":
		return one("proxy", "Invalid proxy", "%s Write \"socks5://host:1080\" or \"http://host:3128\", with user@ in front of the host where one is needed.", why)
	case u.User.Username() == "" && !s.ProxyPassword.IsZero():
		return one("proxy_password", "Password without a user",
			"No user is named in the proxy: write proxy = \"%s://user@%s\", or remove proxy_password.", u.Scheme, u.Host)
	}
	return nil
}
