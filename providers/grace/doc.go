// Package grace is the time for what must not be left undone after an interrupt: locks are
// released, marks are removed, what was found is recorded.
//
//	ctx, cancel := grace.Context(ctx) // as it is, or for grace.Period once it is done
//	defer cancel()
package grace
