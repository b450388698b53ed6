// Package locks takes and keeps the locks of one apply, at all destinations that it
// changes or counts on.
//
//	l := &locks.Locks{Machine: machine, Stores: stores, Patience: time.Minute, Now: time.Now, Tell: tell}
//	defer l.ReleaseAll(ctx)
//	kept, err := l.TakeAll(ctx, places, cancel)
//	...
//	err = l.Check(ctx, "nas") // before each change there
//
// How one lock is taken, kept and lost is in apply/lock. The package knows no job: it is
// given the places, and the caller decides what the loss of a lock ends.
package locks
