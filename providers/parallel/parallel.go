package parallel

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers"
)

// Each calls do for 0..n-1, at most width at once, and returns the error of
// the lowest index. After an error, or when ctx is done, it starts no more
// calls and waits for those under way. With a width of 1 everything runs in
// order. Nothing else in this package starts a goroutine.
func Each(ctx context.Context, width, n int, do func(i int) error) error {
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

// All is Each for calls that do not fail: their results belong into slices by index. When
// ctx is done, some were not made.
func All(ctx context.Context, width, n int, do func(i int)) {
	_ = Each(ctx, width, n, func(i int) error {
		do(i)
		return nil
	})
}

// InTurns calls turn for 0..n-1, at most width at once, and again for each index
// that reported more, behind all that wait; never twice at once for one index.
// It returns the first error. When it starts no more calls is as for Each.
func InTurns(ctx context.Context, width, n int, turn func(i int) (more bool, err error)) error {
	t := rotation{ready: make(chan int, n), stop: make(chan struct{}), turn: turn}
	t.open.Store(int64(n))
	for i := range n {
		t.ready <- i
	}
	workers := min(max(width, 1), n)
	return Each(ctx, workers, workers, func(int) error { return t.work(ctx) })
}

// rotation is one InTurns at work.
type rotation struct {
	ready chan int     // each index stands in it once at most
	open  atomic.Int64 // indices that are not finished
	stop  chan struct{}
	once  sync.Once
	turn  func(i int) (more bool, err error)
}

// work takes one index after the other until all are finished.
func (t *rotation) work(ctx context.Context) error {
	for t.open.Load() > 0 {
		select { // an index that waits must not win over a failure
		case <-t.stop:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		select {
		case i := <-t.ready:
			if err := t.take(i); err != nil {
				return err
			}
		case <-t.stop: // after a failure, or when all is done
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (t *rotation) take(i int) error {
	more, err := t.turn(i)
	switch {
	case err != nil:
		t.end()
	case more:
		t.ready <- i
	case t.open.Add(-1) == 0:
		t.end()
	}
	return err
}

func (t *rotation) end() { t.once.Do(func() { close(t.stop) }) }

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

// Width is the most calls that may be made at a store at once, of parallelism at all; 0
// leaves it to the store.
func Width(parallelism int, store providers.Store) int {
	if store == nil { // it could not be opened
		return 1
	}
	sessions := store.Traits().Sessions
	if parallelism > 0 {
		return min(sessions, parallelism)
	}
	return sessions
}
