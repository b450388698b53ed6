package dircache

import (
	"context"
	"strings"
	"sync"
)

// Known are the directories that are known to be there, by their paths. The zero value
// knows none. All methods may be called concurrently.
type Known struct {
	mu     sync.Mutex
	dirs   map[string]bool
	making map[string]chan struct{} // closed when the attempt has ended
}

// Once calls make for a directory that is not known, and notes that it is there. Whoever
// wants the same directory meanwhile waits for the end of that call, or of ctx, and tries
// anew where it has failed: of many calls that begin at once, one makes it.
func (k *Known) Once(ctx context.Context, dir string, make func() error) error {
	for {
		known, other := k.begin(dir)
		switch {
		case known:
			return nil
		case other == nil:
			defer k.end(dir)
			err := make()
			if err == nil {
				k.Add(dir)
			}
			return err
		}
		select {
		case <-other:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// begin reports whether dir is known; else whose attempt is under way: nil is this one.
func (k *Known) begin(dir string) (known bool, other <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dirs[dir] || k.making[dir] != nil {
		return k.dirs[dir], k.making[dir]
	}
	if k.making == nil {
		k.making = map[string]chan struct{}{}
	}
	k.making[dir] = make(chan struct{})
	return false, nil
}

func (k *Known) end(dir string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(k.making[dir])
	delete(k.making, dir)
}

// Has reports whether dir is known.
func (k *Known) Has(dir string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.dirs[dir]
}

// Add notes that dir is there.
func (k *Known) Add(dir string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dirs == nil {
		k.dirs = make(map[string]bool)
	}
	k.dirs[dir] = true
}

// Forget drops dir and all below it.
func (k *Known) Forget(dir string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for known := range k.dirs {
		if known == dir || strings.HasPrefix(known, strings.TrimSuffix(dir, "/")+"/") {
			delete(k.dirs, known)
		}
	}
}
