// Package tree is what stands at the paths of an FTP account, as far as a server can
// be believed: every answer is proven by another command before anybody acts on it.
//
//	Folders    lists folders: understood, complete, of that folder (package folder)
//	Status     the same by STAT, in a session that has proven it (package status)
//	Stat       one path, by MLST or by the listing of its parent
//	MakeDir    a folder with its parents; MakeNew, if exactly one caller may make it
//	HeldBytes  the size of a file where SIZE says no
//
// What it never does: take an empty listing for an empty folder without a CWD, half a
// listing for a whole one, a link for a folder, or a refusal for an absence that
// nothing confirms.
package tree
