// Package proxy connects to a server through SOCKS5 or the CONNECT of HTTP, for the
// attributes proxy and proxy_password of any provider.
//
// The proxy resolves the name of the server. What comes back is the TCP connection to
// the proxy itself, which can be reset and half closed, and of which nothing was read
// that the server said.
package proxy
