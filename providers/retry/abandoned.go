package retry

import (
	"strings"
	"sync"
	"time"
)

// Abandoned are the uploads that were given up without a last word of the server;
// see providers.LateWriter. Its side of the session may live on and write what is
// still under way: pyftpdlib was seen to make a published file longer. The zero value
// is empty and ready.
type Abandoned struct {
	mu sync.Mutex
	at map[string]time.Time // by path
}

// Note adds the upload to a path.
func (a *Abandoned) Note(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.at == nil {
		a.at = make(map[string]time.Time)
	}
	a.at[name] = time.Now()
}

// Below is when the last upload to a path below dir was given up; zero: none was.
func (a *Abandoned) Below(dir string) (last time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for name, at := range a.at {
		if strings.HasPrefix(name, dir+"/") && at.After(last) {
			last = at
		}
	}
	return last
}
