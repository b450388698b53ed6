// Command bench compares vmxsync with curl, lftp, ncftpput, rclone and sha256sum on real
// FTP servers, and prints the result as tables in Markdown. It runs on Linux, in a
// checkout, and fetches the servers and programs as the tests do, from Debian's packages.
//
//	go run ./scripts/bench -quick                      (two minutes)
//	go run ./scripts/bench -work=large -size=4GiB -tls=off,explicit
//	go run ./scripts/bench -work=small -latency=0,20ms,80ms -connections=1,8
//	go run ./scripts/bench -work=costs -server=vsftpd,proftpd,pure-ftpd,pyftpdlib
//
// All programs of a work take turns (A, B, A, B, …), after a first round that is not
// timed: it goes through a relay that counts commands and data connections. Timed rounds
// go straight to the server, unless -latency asks for a relay that delays. After each
// run the files on the server's disk are compared with the source, so that no program
// wins by leaving something out.
//
// The work "scale" runs each command of vmxsync once for n, 2n and 4n files, sets or changes,
// with time and peak memory; -grow says what grows, and the smallest n.
//
// The work "costs" times nothing. It counts what trees of three shapes take, and solves
// for what a session, a set and a file cost.
//
//	tool     where the programs are, and their versions
//	process  runs one, and measures what it takes
//	machine  where the figures come from
//	page     keeps a report in a section of a page
package main
