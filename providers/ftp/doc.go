// Package ftp is the Store on an FTP account, plain or over TLS.
//
//	store, driver   what a store holds, and how it is opened
//	paths           from the root of the store, and what is sent for them
//	calls           each call in a session of the pool, again while that may help
//	list, stat, open, put, rename, remove, makedir   the moves
//	verify, describe, space   what a server is asked besides
//	fail, hints     where and what, and the way out, of every error
//
// Each room below knows only what is under it:
//
//	upload    one file, over all its tries, by this package or by a program
//	facts     what the server offers, for check
//	tree      what stands at the paths of the account, proven
//	command   one command with one path, as the server reads it
//	wire      one session with the server; certificate: whether it is trusted
//	account, charset, listing, external   settings, names, lines of listings, programs
//
// What it never does: follow a link, remove a directory that holds anything, believe
// an empty listing without a CWD, retry what a server refused for good, log in a
// third time with a refused password, or show what a server said unescaped.
package ftp
