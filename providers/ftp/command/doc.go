// Package command is what one session with an FTP server can be asked about one path.
//
// The commands that have a path for their argument are all sent from here, so that
// none is longer than the server is known to read as one line: where a path is longer,
// its folders are entered step by step, and PWD proves where that led. What a
// directory listing must not take for a pattern is entered as well.
//
//	Session     a session of package wire, and where it stands
//	Server      what all sessions of a store know of their server
//	commands    at calls a command with the argument for a path
//	walk, enter the ways into a folder; lines: how long a line may be
//	directory   the raw listing of a folder, and the proof that it is there
//	entry       what is at a path, by MLST, CWD, SIZE and MDTM
//	sums        the sum of a file, as the server computes it
//
// What it never does: send a line whose rest the server could take for another
// command, or believe that a folder was entered without a proof.
package command
