// Package record writes what is complete at a destination, and what is about to be deleted
// there, into the work folder of the destination.
//
//	announcer := record.NewAnnouncer(run)
//	recorder := record.NewRecorder(run, &findings)
//	announcer.Before(ctx, place) // before each delete
//	...
//	recorder.All(ctx) // at the end
//
// The next reading compares the destination with that record. A failure here is no failure
// of an apply: without the record the next reading compares with an older one, or with
// none. The package decides nothing and knows no job: it asks a Work what became of each
// change. What the next record is follows from Facts, which are values.
package record
