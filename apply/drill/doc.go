// Package drill holds a drill: it restores one set, reads it again, and runs the command of
// the drill with it.
//
//	record, err := drill.Run(ctx, plan, drill.Options{Drill: d, Stores: stores, Target: folder, ...})
//	switch {
//	case err != nil: // nothing is known of the set: the place was lost, or there is no room
//	case record.Verdict == state.Failed: fmt.Println(record.Why)
//	}
//
// The folder is made, and deleted, by its caller: see apply/scratch. The record is written by
// its caller as well: nothing here changes a destination.
package drill
