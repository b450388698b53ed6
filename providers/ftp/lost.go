package ftp

import (
	"strings"
	"sync"
	"time"
)

// losses are the uploads that were given up without a last word of the server.
// Its side of the session may live on and write what is still under way:
// pyftpdlib was seen to make a published file longer.
type losses struct {
	mu sync.Mutex
	at map[string]time.Time // by path
}

func (l *losses) note(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = make(map[string]time.Time)
	}
	l.at[name] = time.Now()
}

func (l *losses) below(dir string) (last time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, at := range l.at {
		if strings.HasPrefix(name, dir+"/") && at.After(last) {
			last = at
		}
	}
	return last
}

// Lost is when an upload to a path below dir was given up.
func (s *Store) Lost(dir string) time.Time { return s.lost.below(dir) }

// GracePeriod is timeouts.io: no connection of ours lives longer without a byte.
func (s *Store) GracePeriod() time.Duration { return s.dialer.waits.io }
