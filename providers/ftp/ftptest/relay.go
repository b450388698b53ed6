package ftptest

import (
	"context"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Relay stands between clients and a server on this machine, counts
// connections and misbehaves as it is configured to.
//
// In clear it reads the control connection and puts itself into the replies
// that name passive ports. Under TLS it can read nothing: there it listens on
// the passive ports of a real server, on another loopback address (on Linux),
// where EPSV leads the client back to it. Data connections of the in-process
// server under TLS pass by the relay. A fault that cannot happen for one of
// these reasons is refused.
type Relay struct {
	Host string // under TLS not 127.0.0.1, but the certificate is good for it
	Port int

	server *Server
	ctx    context.Context // done when the relay closes
	cancel context.CancelFunc
	testserver.OpenSet

	facts     sync.Mutex
	faults    Faults
	chance    *rand.Rand // of Faults.CutChance
	hits      map[Fault]int
	uploaded  int64
	commands  map[string]int // by verb
	dataLinks int
	sessions  int // since the faults were set
	total     int
	now       int
	peak      int
}

// NewRelay starts a relay in front of s.
func NewRelay(s *Server, f Faults) (*Relay, error) {
	r := &Relay{server: s, commands: map[string]int{}}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	err := r.Set(f)
	if err == nil {
		err = r.listen()
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Addr is host:port of the control connection.
func (r *Relay) Addr() string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

// Set changes the faults, also for connections that are open, and forgets the
// hits so far.
func (r *Relay) Set(f Faults) error {
	if err := f.possible(r.server); err != nil {
		return err
	}
	r.facts.Lock()
	defer r.facts.Unlock()
	r.faults, r.hits, r.sessions = f, map[Fault]int{}, 0
	r.chance = rand.New(rand.NewPCG(f.Seed, 0))
	return nil
}

// Hits is how often a fault happened since the last Set.
func (r *Relay) Hits(f Fault) int {
	r.facts.Lock()
	defer r.facts.Unlock()
	return r.hits[f]
}

// Missed lists the faults that were asked for and have not happened since the
// last Set. A test that wants a fault fails if it was missed.
func (r *Relay) Missed() []Fault {
	r.facts.Lock()
	defer r.facts.Unlock()
	return slices.DeleteFunc(r.faults.wanted(), func(f Fault) bool { return r.hits[f] > 0 })
}

// Sessions is the number of control connections so far, refused ones included.
func (r *Relay) Sessions() int { return r.read(&r.total) }

// PeakSessions is the highest number of control connections that were open at
// the same time.
func (r *Relay) PeakSessions() int { return r.read(&r.peak) }

// Uploaded is the number of bytes that clients have sent on data connections so
// far, whether or not the server got them. Under TLS it counts records.
func (r *Relay) Uploaded() int64 {
	r.facts.Lock()
	defer r.facts.Unlock()
	return r.uploaded
}

// Commands is the number of commands of each verb that clients have sent so far.
// Under TLS it has only those before the handshake, because the others are hidden.
func (r *Relay) Commands() map[string]int {
	r.facts.Lock()
	defer r.facts.Unlock()
	return maps.Clone(r.commands)
}

// DataConnections is the number of data connections that clients have opened so far,
// whether or not the server took them. Under TLS those that pass by the relay are missing.
func (r *Relay) DataConnections() int { return r.read(&r.dataLinks) }

// Forget sets the numbers of commands and data connections back to 0.
func (r *Relay) Forget() {
	r.facts.Lock()
	defer r.facts.Unlock()
	r.commands, r.dataLinks = map[string]int{}, 0
}

func (r *Relay) countCommand(verb string) {
	r.facts.Lock()
	defer r.facts.Unlock()
	r.commands[verb]++
}

func (r *Relay) countData() {
	r.facts.Lock()
	defer r.facts.Unlock()
	r.dataLinks++
}

func (r *Relay) countUpload(n int) {
	r.facts.Lock()
	defer r.facts.Unlock()
	r.uploaded += int64(n)
}

func (r *Relay) read(n *int) int {
	r.facts.Lock()
	defer r.facts.Unlock()
	return *n
}

// Close ends the relay with all connections. The server goes on.
func (r *Relay) Close() error {
	r.cancel()
	r.ShutDown()
	return nil
}

// current is what to do wrong at this moment.
func (r *Relay) current() Faults {
	r.facts.Lock()
	defer r.facts.Unlock()
	return r.faults
}

// fire notes that a fault happens, unless it happened often enough.
func (r *Relay) fire(f Fault) bool {
	r.facts.Lock()
	defer r.facts.Unlock()
	if r.faults.Times > 0 && r.hits[f] >= r.faults.Times {
		return false
	}
	r.hits[f]++
	return true
}

// cutWithin is where in a connection Faults.CutChance strikes, in bytes.
const cutWithin = 16 << 10

// draw decides after how many bytes a new connection is cut by chance; 0: never.
func (r *Relay) draw() int64 {
	r.facts.Lock()
	defer r.facts.Unlock()
	if r.faults.CutChance == 0 || r.chance.Float64() >= r.faults.CutChance {
		return 0
	}
	return 1 + r.chance.Int64N(cutWithin)
}

// arrive counts a control connection; nth is its number since the last Set.
func (r *Relay) arrive() (nth int) {
	r.facts.Lock()
	defer r.facts.Unlock()
	r.total++
	r.sessions++
	r.now++
	r.peak = max(r.peak, r.now)
	return r.sessions
}

func (r *Relay) depart() {
	r.facts.Lock()
	defer r.facts.Unlock()
	r.now--
}

// wait passes the time, but not beyond the life of the relay.
func (r *Relay) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.ctx.Done():
	}
}
