// Package wire is one session with an SFTP server: from an account to a channel, and the
// requests on it. Paths are absolute, and links are the caller's to refuse.
//
//	Dialer     from an address to a session: proxy or jump host, host key, login, subsystem
//	endpoint   handshake and login at one SSH server, with the credentials of auth
//	Session    one connection with one SFTP channel; Ask traces a request
//	requests   one request each; Refusal is a server that said no
//	Watch      how long nothing may move while a request is under way
//
// What it never does: log in at a server whose host key is not trusted, wait without a
// bound, read a listing without one, or show what a server said unescaped or a secret.
package wire
