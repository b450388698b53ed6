// Package wire is one session with an FTP server: a control connection that has logged
// in, with at most one data connection beside it. It knows no paths and no store.
//
// The commands are those of github.com/jlaffaye/ftp. What that library leaves
// open is settled below it, in the connections that this package hands it: a
// deadline on every read and write, an end when the session ends, uploads over
// TLS that the server has read to the last byte, resumed TLS sessions, and the
// dialogue itself, so that no reply is taken for the answer to another command.
//
//	Dialer    makes sessions: dial, login, the hints of what failed
//	Session   what a session can be asked; Fault turns replies into errors
//	control   the dialogue: one reply at a time, traced without the password
//	data      one data connection, and how it is closed
//	conn      TCP with deadlines, through a proxy where there is one
//	errors    Refusal, and what a refusal is about
//
// What it never does: fall back from TLS to plain, connect to an address that a
// server names, believe a reply that does not go with its command, or show what a
// server said unescaped or with the password.
package wire
