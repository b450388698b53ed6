// Package sftp is the Store on an SFTP account (SSH_FXP version 3, as OpenSSH
// has it).
//
// The protocol is that of github.com/pkg/sftp over golang.org/x/crypto/ssh. What
// these leave open is settled here: whose host key is trusted, a bound on every
// wait and on every listing, an end when the context ends, links that are never
// followed, and which rename keeps the law.
//
//	Store     the seven moves, each in the file of its name
//	dialer    from an address to a session: proxy or jump host, host key, login, subsystem
//	hostkey   the keys that are trusted: known_hosts, or the fingerprints of the configuration
//	session   one connection with one SFTP channel; its requests, traced
//	watch     how long nothing may move while a request is under way
//	tree      what lies below the root, in one session: each folder on the way is proven
//	upload    one Put or Resume over all its tries
//
// What it never does: connect to a server whose host key is not known, write a
// known_hosts file, follow a link, remove a directory that holds anything,
// replace what a rename finds at its target, take a written range that may hold a
// hole for a part, log in a third time with a refused login, or show what a
// server said unescaped.
package sftp
