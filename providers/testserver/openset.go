package testserver

import (
	"io"
	"sync"
)

// OpenSet knows everything that is open, so that it can be ended at once.
type OpenSet struct {
	mu   sync.Mutex
	shut bool
	open map[io.Closer]struct{}
	all  sync.WaitGroup
}

// Enter notes something open, and closes it at once if all is shut already.
// The leave that it returns may be called more than once.
func (s *OpenSet) Enter(c io.Closer) (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[io.Closer]struct{}{}
	}
	s.open[c] = struct{}{}
	s.all.Add(1)
	if s.shut {
		c.Close()
	}
	return sync.OnceFunc(func() {
		s.forget(c)
		s.all.Done()
	})
}

func (s *OpenSet) forget(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// ShutDown closes everything, now and later, and waits until all have left.
func (s *OpenSet) ShutDown() {
	s.mu.Lock()
	s.shut = true
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.all.Wait()
}
