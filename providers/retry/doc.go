// Package retry is for stores on a network: it knows which failures are worth
// another try, how many tries there are, and how long to wait between them.
//
//	policy := retry.Policy{Transient: retry.Transient, Pause: retry.Pause}
//	err := policy.Do(ctx, func() error { return pool.Do(ctx, call) })
//
// A call that is tried again must be idempotent, or look first at what an earlier
// try has done: after a Lost, nobody knows whether the server did what it was asked.
//
// What it never does: try again what a server refused for good, what cannot be read
// on this machine, or a login.
package retry
