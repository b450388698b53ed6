package trial

import (
	"sync"
	"time"
)

// AtOnce runs do in more goroutines than there are sessions, each with a trial
// of its own, and takes over the first thing that went wrong in any of them.
func AtOnce(t *Trial, do func(own *Trial, i int)) {
	if t.Err != nil {
		return
	}
	trials := make([]Trial, t.Store.Traits().Sessions+4)
	var wg sync.WaitGroup
	for i := range trials {
		trials[i].Place = t.Place
		wg.Go(func() { do(&trials[i], i) })
	}
	if !Within(t.Patience, wg.Wait) {
		t.Broken("%d callers: not all came back within %v", len(trials), t.Patience)
		return
	}
	for i := range trials {
		t.Must(trials[i].Err)
	}
}

// Spread does n things, as many at once as there are sessions, each worker with
// a trial of its own.
func Spread(t *Trial, n int, do func(own *Trial, i int)) {
	if t.Err != nil {
		return
	}
	trials := make([]Trial, t.Store.Traits().Sessions)
	var wg sync.WaitGroup
	for w := range trials {
		trials[w].Place = t.Place
		wg.Go(func() {
			for i := w; i < n; i += len(trials) {
				do(&trials[w], i)
			}
		})
	}
	wg.Wait()
	for w := range trials {
		t.Must(trials[w].Err)
	}
}

// Within reports whether wait returned in time.
func Within(patience time.Duration, wait func()) bool {
	done := make(chan struct{})
	go func() { wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(patience):
		return false
	}
}
