// Package wording holds what texts for people have in common, in every room.
//
//	wording.Count(2, "set")                          // "2 sets"
//	wording.CountIs(1, "set") + " damaged"           // "1 set is damaged"
//	wording.Nearest("webb01", []string{"web01"})     // "web01"
//
// It is pure, and knows nothing of the program.
package wording
