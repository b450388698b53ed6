// Package ftp is the Store on an FTP account, plain or over TLS.
//
//	Store      the moves, each in the file of its name
//	session    one session of package wire, with what is known of its server
//	commands   one command with one path, as the server reads it
//	list       what a directory holds, proven to be whole
//	stat       what is at one path
//	put        an upload over all its tries; method, if a program sends instead
//
// Beside it: account has the settings, charset the names that are not UTF-8, listing
// the lines of directories. Below it: wire is one session with a server; the
// sessions, the tries and the proof of what is resumed are those of packages
// session, retry and resume, for any protocol.
//
// What it never does: follow a link, remove a directory that holds anything, believe
// an empty listing without a CWD, retry what a server refused for good, log in a
// third time with a refused password, or show what a server said unescaped.
package ftp
