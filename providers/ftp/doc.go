// Package ftp is the Store on an FTP account, plain or over TLS.
//
// The commands are those of github.com/jlaffaye/ftp. What that library leaves
// open is settled below it, in the connections that this package hands it: a
// deadline on every read and write, an end when the context ends, uploads over
// TLS that the server has read to the last byte, resumed TLS sessions, and the
// dialogue itself, so that a listing that was cut or not understood is an
// error and never a short listing.
//
//	Store      the seven moves, each in the file of its name
//	pool       at most Settings.Connections sessions, fewer if the server says so
//	session    one control connection, with at most one data connection
//	control    the dialogue: recorded, traced without the password
//	conn       TCP with deadlines, through a proxy where there is one
//	method     a program that sends files in our place, if the user wants one
//	charset    between the dialogue and the connection, where names are not UTF-8
//	clock      lets TLS sessions resume whose certificate is trusted and expired
//
// What it never does: fall back from TLS to plain, follow a link, remove a
// directory that holds anything, believe an empty listing without a CWD, retry
// what a server refused for good, log in a third time with a refused password,
// connect to an address that a server names, or show what a server said
// unescaped.
package ftp
