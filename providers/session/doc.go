// Package session is a pool of sessions under one ceiling, for a store on any
// protocol that logs in.
//
//	pool := session.New(session.Options[*conn]{Sessions: 4, Dial: dial, Crowded: isCrowded, Tell: tell})
//	err := pool.Do(ctx, func(c *conn) error { return c.remove(name) })
//
// An idle session is used before a new one is opened. Where the server wants no more
// sessions than are open, the pool shrinks to those, and says so at its end. As long
// as no session is open, one caller at a time logs in, so that a wrong password is not
// tried by all workers at once.
//
// What it never does: log in a third time with a refused password, use a session
// again whose call was cancelled, or exceed the ceiling, not even for a reader that
// was lent a session or for a program that makes a connection of its own.
package session
