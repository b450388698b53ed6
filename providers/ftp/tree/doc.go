// Package tree is what stands at the paths of an FTP account, as far as a server can
// be believed: every answer is proven by another command before anybody acts on it.
//
//	List       the entries of a folder: understood, complete, of that folder
//	Glance     the same by STAT, in a session that has proven it
//	Ahead      the same of several folders in one round trip
//	complete   a listing that a server may have ended early is listed another way
//	hidden     whether names that begin with a dot are listed
//	links      what MLSD shows as a folder, and LIST as a link
//	Stat       one path, by MLST or by the listing of its parent
//	MakeDir    a folder with its parents; MakeNew, if exactly one caller may make it
//	HeldBytes  the size of a file where SIZE says no
//
// What it never does: take an empty listing for an empty folder without a CWD, half a
// listing for a whole one, a link for a folder, or a refusal for an absence that
// nothing confirms.
package tree
