// Package notice is what a person should know that is no change, and the words for it.
//
// Each kind of notice is one value with its code, its class, its text and its brief. Whoever
// finds something adds a Note; the notes of one kind and place become one Notice:
//
//	notes := []notice.Note{{Kind: &notice.Unmarked, Place: "nas", VM: "Bart", Item: "Bart/2026-11-21-010000"}}
//	notice.List(notes, []string{"nas"}) // "nas: 1 set of 1 VM is unmarked (0 B): …"
//
// A new kind is one value, and one line in Kinds, which has the order. The rule for the
// class: an error if something is not backed up, was not read, or is no longer complete; a
// warning if a person should act, and the text has the command that ends it; a note if it
// is true on an ordinary night.
package notice
