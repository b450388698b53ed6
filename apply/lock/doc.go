// Package lock lets one apply at a time change a destination.
//
//	machine, err := lock.Here(folder)               // of this user, on this machine
//	held, err := machine.Take(ctx, place, options)  // or a *HeldError
//	err = held.Check(ctx)                           // before every publish and delete
//	err = held.Release(ctx)
//
// A lock has two parts. The first is a lock of the operating system on a file
// in the user's folder: it ends when its process ends, however that ends. The
// second is at the destination, where other machines see it: the folder
// <work_dir>/lock/held, and in it one file whose name says who holds it.
//
// Whoever finds nobody there puts a file of its own name and lists the folder.
// It holds the lock only where its name stands alone; else it takes the name
// away again. As each puts before it lists, no two can find themselves alone.
// A folder that a crash has left empty is therefore nobody's and harmless, and
// that MKD has one winner only makes such a meeting rare.
//
// The name of a dead holder is taken over by renaming exactly that name to
// one's own. A holder is dead when it is of this machine and user, whose file
// lock we have now, or when nothing of it has moved for a Lease by our own
// clock. Nothing is ever renamed onto a lock.
//
// A holder whose name is gone, or stands beside another that stays, has lost
// the lock and never gets it back. Between a Check and what follows it lies one
// round trip in which a paused holder can be overtaken: what an apply relies on
// is proven by listings, and the lock only spares it the conflict.
package lock
