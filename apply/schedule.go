package apply

import (
	"context"
	"sync"
)

// each calls do for 0..n-1, at most width at once, and returns the error of
// the lowest index. After an error, or when ctx is done, it starts no more
// calls and waits for those under way. With a width of 1 everything runs in
// order. Nothing else in this package starts a goroutine.
func each(ctx context.Context, width, n int, do func(i int) error) error {
	errs := make([]error, n+1)
	var failed sync.Once
	stop := make(chan struct{})
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(max(width, 1), n) {
		workers.Go(func() {
			for i := range next {
				if errs[i] = do(i); errs[i] != nil {
					failed.Do(func() { close(stop) })
					return
				}
			}
		})
	}
	errs[n] = feed(ctx, next, stop, n)
	workers.Wait()
	return first(errs)
}

// feed hands out indices until all are taken, stop is closed or ctx is done.
func feed(ctx context.Context, next chan<- int, stop <-chan struct{}, n int) error {
	defer close(next)
	for i := range n {
		select { // a worker that waits must not win over a failure
		case <-stop:
			return nil
		default:
		}
		select {
		case next <- i:
		case <-stop:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
