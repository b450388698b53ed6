// Package record writes what is complete at a destination, and what is about to be deleted
// there, into the work folder of the destination.
//
//	left, err := record.Facts{Plan: plan, Run: run, Place: place, Changes: changes}.Leave(ctx, store, held, false)
//
// The next reading compares the destination with that record. A failure here is no failure
// of an apply: without the record the next reading compares with an older one, or with
// none. The package decides nothing and knows no job: it is given what became of each
// change.
package record
