package read

import (
	"context"
	"sync"
)

// parallel calls do for 0..n-1, at most width at once, and returns when all
// calls have returned. It starts no call after ctx is done. Results belong
// into slices by index, so that their order does not depend on timing.
func parallel(ctx context.Context, width, n int, do func(i int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(max(width, 1), n) {
		workers.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	workers.Wait()
}
