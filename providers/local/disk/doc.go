// Package disk is what can be done below one opened folder of this machine.
//
// All functions take that folder as an *os.Root and paths below it, with slashes.
// They know nothing of turns, rates or retries, and return what the system says;
// Named makes an error of it that callers of a store know.
//
//	Stat, List       what is there; File translates it
//	OpenRegular      a regular file; OpenAt, OpenPart, Create and Edit for their purposes
//	MakeDirs         a folder with its parents; MakeDir, if exactly one caller may make it
//	Rename           in one step that loses nothing, where the system has one
//	Named            what the errors of each system mean; Unreadable adds the way out
//	Limits           what the file system can hold
//
// What it never does: follow a link, neither at the end of a path nor on the way
// there, or replace what is at the target of a rename (on Linux; elsewhere the target
// is proven absent just before).
package disk
