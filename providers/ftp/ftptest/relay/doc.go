// Package relay stands between FTP clients and a server on this machine, counts what
// passes, and makes the network bad: slow, cut, silent, or without the last reply.
//
//	r, err := relay.New(relay.Target{Name: "vsftpd", Port: 2121}, relay.Faults{CutUpload: 1 << 20})
//	// dial r.Addr() instead of the server
//	r.Hits(relay.CutUpload)
//
//	Script    what to do wrong, and what of it has happened
//	Counts    what has passed
//	link      a connection and its continuation to the server
//	session   a control connection that is read; commands: those that a server reads oddly
//	passive   puts the relay into the replies that name passive ports
//
// A fault that cannot happen in front of a target is refused. Tests only.
package relay
