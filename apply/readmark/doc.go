// Package readmark marks the sets that a restore reads, for as long as it reads them.
//
//	end := readmark.Leave(ctx, places, readmark.Options{Run: run, Host: host, Failed: warn})
//	defer end()
//
// An apply deletes, moves and replaces no set that a mark names: see apply/step. The mark is
// a small file in a folder of our own at the place, written again every two minutes;
// how old it is, is judged by the clock of the place. A restore that dies leaves one that counts for
// some minutes more. Where nobody has ever applied, or nothing may be written, there is no
// mark, and the restore goes on without.
package readmark
