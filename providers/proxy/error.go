package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// Error is a failure of the proxy, or on the way behind it.
type Error struct {
	proxy  *Proxy
	target string // "": the proxy itself was not reached
	err    error
}

func (e *Error) Error() string {
	why := providers.Escape(strings.TrimPrefix(e.err.Error(), "unknown error ")) // which is known
	if e.target == "" {
		return fmt.Sprintf("proxy %s: %s", e.proxy, why)
	}
	return fmt.Sprintf("proxy %s to %s: %s", e.proxy, e.target, why)
}

func (e *Error) Unwrap() error { return e.err }

// refusesLogin reads the words of SOCKS5, which has no types for them.
func (e *Error) refusesLogin() bool {
	no, answered := errors.AsType[*notConnected](e.err)
	return answered && no.code == http.StatusProxyAuthRequired || strings.Contains(e.err.Error(), "authentication")
}

// Hint is the way out, for a server at host:port.
func (e *Error) Hint(server string) string {
	switch {
	case e.target == "":
		return fmt.Sprintf("The proxy %s cannot be reached: check `proxy`.", e.proxy)
	case e.refusesLogin() && e.proxy.reference.IsZero():
		return fmt.Sprintf("The proxy %s requires a login: put the user into `proxy`, as in %s, and set `proxy_password` to a reference.",
			e.proxy, e.proxy.withUser("user"))
	case e.refusesLogin():
		return fmt.Sprintf("The proxy %s refused the login: check the user in `proxy` (%q) and the password, which came from %s.",
			e.proxy, e.proxy.url.User.Username(), e.proxy.reference)
	case e.target == server:
		return fmt.Sprintf("The proxy %s answers but cannot reach %s: check `host` and `port`, and which connections the proxy allows.",
			e.proxy, e.target)
	}
	return fmt.Sprintf("The proxy %s cannot reach %s, the address of the server for data connections: allow the passive ports of the server at the proxy.",
		e.proxy, e.target)
}
