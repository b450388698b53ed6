// Package hostkey decides which host keys of SSH servers are trusted: those that the
// configuration names, and no others then, or those of known_hosts.
//
//	keys, err := hostkey.Open("host_key", settings.HostKey, settings.KnownHosts)
//	config := ssh.ClientConfig{HostKeyCallback: keys.Check, HostKeyAlgorithms: keys.Algorithms(address)}
//	no, ok := errors.AsType[*hostkey.Error](err) // no.Hint() has the lines to paste
//
// What it never does: accept a key that nobody has named, or write a known_hosts file.
package hostkey
