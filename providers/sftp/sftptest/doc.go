// Package sftptest starts SFTP servers for tests and examples, on 127.0.0.1 only and on
// ports below the ephemeral range.
//
//   - Start runs a server in this process. It needs nothing installed, works on every
//     platform, and misbehaves as Options.Answer has it.
//   - StartReal runs OpenSSH's sshd, fetched by scripts/fetch-servers without
//     installing it, plain or with a chroot.
//   - NewProFTPD runs ProFTPD with mod_sftp, which comes with the FTP servers.
//
// In a test:
//
//	srv := sftptest.New(t, sftptest.Options{})
//	// log in at srv.Addr() as srv.User with srv.Password or srv.KeyFile, trusting
//	// srv.HostKeys, and find the files of the account under srv.Root, which clients
//	// call srv.Path
//
// The account has the rights of the caller, and exists in files alone that libnss_wrapper
// shows to sshd. With a chroot it has none but its own; that needs root, and is entered
// below a mount that only the server sees.
//
// What is started is also stopped: Close returns when no process, no open port and no
// temporary file is left. The package is never imported by the product.
package sftptest
