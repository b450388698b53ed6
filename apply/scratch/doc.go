// Package scratch makes the folder that a drill restores to, and deletes it afterwards.
//
//	f, err := scratch.Make("/scratch", scratch.Mark{Site: name, Drill: "quarterly", Run: run, Host: host})
//	defer f.Delete()
//	left, kept, err := scratch.Left("/scratch", mark)   // of drills that were killed
//
// A folder holds a mark that names its drill. Only a folder with the mark of the same drill,
// of this machine, whose process has ended, is deleted later on: whatever it is called, and
// whatever else is in it. No link is followed, and nothing is deleted below a folder on which
// a file system is mounted.
package scratch
