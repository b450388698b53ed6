package ftp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// proxyError is a failure of the proxy, or on the way behind it.
type proxyError struct {
	proxy  *proxy
	target string // "": the proxy itself was not reached
	err    error
}

func (d *proxyError) Error() string {
	why := providers.Escape(strings.TrimPrefix(d.err.Error(), "unknown error ")) // which is known
	if d.target == "" {
		return fmt.Sprintf("proxy %s: %s", d.proxy, why)
	}
	return fmt.Sprintf("proxy %s to %s: %s", d.proxy, d.target, why)
}

func (d *proxyError) Unwrap() error { return d.err }

// refusesLogin reads the words of SOCKS5, which has no types for them.
func (d *proxyError) refusesLogin() bool {
	no, answered := errors.AsType[*notConnected](d.err)
	return answered && no.code == http.StatusProxyAuthRequired || strings.Contains(d.err.Error(), "authentication")
}

func (d *dialer) proxyHint(way *proxyError) string {
	switch {
	case way.target == "":
		return fmt.Sprintf("The proxy %s cannot be reached: check `proxy`.", way.proxy)
	case way.refusesLogin() && d.settings.ProxyPassword.IsZero():
		return fmt.Sprintf("The proxy %s requires a login: put the user into `proxy`, as in %s, and set `proxy_password` to a reference.",
			way.proxy, way.proxy.withUser("user"))
	case way.refusesLogin():
		return fmt.Sprintf("The proxy %s refused the login: check the user in `proxy` (%q) and the password, which came from %s.",
			way.proxy, way.proxy.url.User.Username(), d.settings.ProxyPassword)
	case way.target == d.settings.address():
		return fmt.Sprintf("The proxy %s answers but cannot reach %s: check `host` and `port`, and which connections the proxy allows.",
			way.proxy, way.target)
	}
	return fmt.Sprintf("The proxy %s cannot reach %s, the address of the server for data connections: allow the passive ports of the server at the proxy.",
		way.proxy, way.target)
}
