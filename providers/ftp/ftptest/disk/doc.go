// Package disk is the files of an account of the FTP server for tests, with the oddities
// of real servers.
//
//	disk.New(root, &disk.Ghosts{}, disk.Options{RemovesAll: true}) // RMD as goftp does it
//
// Ghosts are entries that listings show and no disk could hold.
package disk
