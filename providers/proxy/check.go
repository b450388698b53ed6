package proxy

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// parse says what is wrong without repeating the text, which may hold a password.
func parse(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, invalid("It is not a URL.")
	}
	_, hasPassword := u.User.Password()
	switch {
	case tunnels[u.Scheme] == nil:
		return nil, invalid(fmt.Sprintf("The scheme %q is neither socks5 nor http.", u.Scheme))
	case hasPassword:
		return nil, invalid("It contains a password; set proxy_password to a reference instead.")
	case u.Hostname() == "" || u.Port() == "":
		return nil, invalid("The host or the port is missing.")
	case !IsPort(u.Port()):
		return nil, invalid("The port is not between 1 and 65535.")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, invalid("It has text after the port.")
	}
	return u, nil
}

// IsPort reports whether text is the number of a port that can be connected to.
func IsPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// invalid is a sentence.
type invalid string

func (i invalid) Error() string { return string(i) }

// Check reports what is wrong with the attributes proxy and proxy_password.
func Check(text string, password providers.Reference) []providers.Problem {
	if text == "" {
		if password.IsZero() {
			return nil
		}
		return one("proxy_password", "Password without a proxy", "proxy_password needs a proxy: set proxy, or remove proxy_password.")
	}
	u, err := parse(text)
	switch {
	case err != nil:
		return one("proxy", "Invalid proxy", "%v Write \"socks5://host:1080\" or \"http://host:3128\", with user@ before the host if the proxy requires a login.", err)
	case u.User.Username() == "" && !password.IsZero():
		return one("proxy_password", "Password without a user",
			"The proxy has no user: write proxy = \"%s://user@%s\", or remove proxy_password.", u.Scheme, u.Host)
	}
	return nil
}

func one(attribute, summary, format string, args ...any) []providers.Problem {
	return []providers.Problem{{Attribute: attribute, Summary: summary, Detail: fmt.Sprintf(format, args...)}}
}
