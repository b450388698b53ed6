package relay

import (
	"maps"
	"sync"
)

// Counts is what has passed a relay so far.
type Counts struct {
	mu        sync.Mutex
	uploaded  int64
	commands  map[string]int // by verb
	dataLinks int
	total     int
	now       int
	peak      int
}

// Sessions is the number of control connections so far, refused ones included.
func (c *Counts) Sessions() int { return c.read(&c.total) }

// PeakSessions is the highest number of control connections that were open at
// the same time.
func (c *Counts) PeakSessions() int { return c.read(&c.peak) }

// Uploaded is the number of bytes that clients have sent on data connections so
// far, whether or not the server got them. Under TLS it counts records.
func (c *Counts) Uploaded() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.uploaded
}

// Commands is the number of commands of each verb that clients have sent so far.
// Under TLS it has only those before the handshake, because the others are hidden.
func (c *Counts) Commands() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.commands)
}

// DataConnections is the number of data connections that clients have opened so far,
// whether or not the server took them. Under TLS those that pass by the relay are missing.
func (c *Counts) DataConnections() int { return c.read(&c.dataLinks) }

// Forget sets the numbers of commands and data connections back to 0.
func (c *Counts) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commands, c.dataLinks = map[string]int{}, 0
}

func (c *Counts) read(n *int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *n
}

func (c *Counts) countCommand(verb string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commands[verb]++
}

func (c *Counts) countData() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dataLinks++
}

func (c *Counts) countUpload(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uploaded += int64(n)
}

// arrive counts a control connection, until it departs.
func (c *Counts) arrive() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	c.now++
	c.peak = max(c.peak, c.now)
}

func (c *Counts) depart() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
}
