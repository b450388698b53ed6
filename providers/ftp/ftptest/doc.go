// Package ftptest starts FTP servers for tests and examples, on 127.0.0.1 only
// and on ports below the ephemeral range.
//
// There are three of them:
//
//   - Start runs a server in this process. It needs nothing installed, works on
//     every platform, and tells what it saw: logins, sessions, commands.
//   - StartReal runs vsftpd, Pure-FTPd, ProFTPD, pyftpdlib, Twisted, inetutils,
//     netkit or goftp (and, in make matrix, ftp-srv), fetched
//     by scripts/fetch-servers without installing them. Real lists them with
//     the facts in which they differ, and Available says what is missing here.
//   - NewRelay stands in front of any of them and makes the network bad: slow,
//     cut, silent, or without the last reply.
//
// In a test:
//
//	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit})
//	// dial srv.Addr() as srv.User with srv.Password, trusting srv.CAFile,
//	// and find the files of the account under srv.Root
//
// What is started is also stopped: Close returns when no process, no open port
// and no temporary file is left. The package creates no system user, writes
// nothing outside its temporary folders, and is never imported by the product.
package ftptest
