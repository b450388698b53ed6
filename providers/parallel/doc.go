// Package parallel does calls one after the other or several at once, in an order that
// does not depend on how long each takes. Readers of places and applies start their
// goroutines here.
//
//	err := parallel.Each(ctx, parallel.Width(parallelism, store), len(puts), func(i int) error {
//		return send(ctx, puts[i])
//	})
//
// It knows nothing of what is called, and never stops a call that has begun.
package parallel
