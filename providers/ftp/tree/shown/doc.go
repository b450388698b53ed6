// Package shown is a folder as one command of an FTP server shows it: by MLSD, LIST,
// LIST -a, NLST or STAT.
//
//	Folder       what one command has shown, and what speaks for or against it
//	By...        one command each
//	Same...      compares what two commands have shown
//	Distinct     no name twice
//
// What it never does: decide whether a listing is believed. That is done by package
// folder, and for STAT by package status.
package shown
