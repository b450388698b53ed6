// Package sftp is the Store on an SFTP account (SSH_FXP version 3, as OpenSSH
// has it).
//
// The protocol is that of github.com/pkg/sftp over golang.org/x/crypto/ssh. What
// these leave open is settled here: whose host key is trusted, a bound on every
// wait and on every listing, an end when the context ends, links that are never
// followed, and which rename keeps the law.
//
//	Store     the seven moves, each in the file of its name
//	tree      what lies below the root, in one session: each folder on the way is proven
//	upload    one Put or Resume over all its tries
//
// Sessions are made and spoken to by package wire, the host keys that are trusted are
// chosen by hostkey, and account is what the configuration says.
//
// What it never does: follow a link, remove a directory that holds anything, replace
// what a rename finds at its target, take a written range that may hold a hole for a
// part, or log in a third time with a refused login.
package sftp
