// Package sent remembers what was read of a file while it was sent.
//
//	book := sent.In(folder)
//	marks := book.Record(sent.File{…}).Begin(offset)
//	err := marks.Reached(n, sum)       // after each BlockBytes of the file
//	marks.End()                        // the record is on the disk
//
// A file that is rewritten in place, with its size and time put back, looks like
// the one whose upload was cut: new bytes would be glued to an old part. So each
// time that BlockBytes more were read, the SHA-256 of all bytes so far is written
// down, which the upload computes anyway, and synced before it counts. An upload
// that goes on reads its begin again for the manifest, and compares on its way.
//
// The record lies in the user's state directory, and not beside the claim: with
// one connection, that is busy with the file itself. Whoever finds no record,
// on another machine or in a lost state directory, knows nothing of the part, and
// reads it back or sends it again.
//
// A record is one line of JSON, which names the file, and then one line of hex for
// each block. All lines have one length: one that is torn ends what is known.
package sent
