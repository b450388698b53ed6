package dircache

import (
	"strings"
	"sync"
)

// Known are the directories that are known to be there, by their paths. The zero value
// knows none. All methods may be called concurrently.
type Known struct {
	mu   sync.Mutex
	dirs map[string]bool
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
