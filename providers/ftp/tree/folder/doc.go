// Package folder lists the folders of an FTP account, as far as a server can be
// believed.
//
//	Lister      lists by MLSD or LIST: understood, complete, of that folder
//	complete    a listing that a server may have ended early is listed another way
//	dots        whether names that begin with a dot are listed
//	links       what MLSD shows as a folder, and LIST or STAT as a link
//	Prove       that a folder is there; and why one cannot be listed
//
// What it never does: take an empty listing for an empty folder without a CWD, or half a
// listing for a whole one, or a link for a folder.
package folder
