package lock

import (
	"context"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// live starts the beat. Nothing else in this package starts a goroutine.
func (l *Lock) live(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var beating sync.WaitGroup
	beating.Go(func() {
		for providers.Sleep(ctx, beatEvery) == nil {
			l.beat(ctx)
		}
	})
	l.stop = func() {
		cancel()
		beating.Wait()
	}
}

// beat writes the file of the lock again, so that its time moves. One that
// fails is no loss, where the name still stands. A name that is gone is not
// written; should it go just then, it comes to stand beside that of a new
// holder, and the next Check finds it there.
func (l *Lock) beat(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	if l.Check(ctx) == nil {
		_ = l.place.put(ctx, l.self)
	}
}
