// Package schedule does calls one after the other or several at once, in an order that
// does not depend on how long each takes. It is the only place in apply and in its steps
// that starts a goroutine.
//
//	err := schedule.Each(ctx, schedule.Width(parallelism, store), len(puts), func(i int) error {
//		return send(ctx, puts[i])
//	})
//
// It knows nothing of plans, and never stops a call that has begun.
package schedule
