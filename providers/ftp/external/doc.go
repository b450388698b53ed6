// Package external sends a file to an FTP server by a program of this machine, curl or
// ncftpput, which makes a connection of its own.
//
//	m, err := external.Find(settings, password)         // nil: no program is wanted
//	sent, err := m.Send(ctx, dialer, "/backups/disk.vmdk", body)
//
// A program reads the whole file from its standard input. Directories, and whether the
// file arrived, are matters of a session. What a program ends with is an error of
// package wire, as far as it says why.
//
// What it never does: put a password into an argument or the environment, pass the
// settings of the user or our environment on, or leave a part of a body that looks
// whole.
package external
