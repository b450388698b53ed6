package session

import (
	"errors"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// maxRefusedLogins is what a store may cost before servers that count refused
// logins lock the address out.
const maxRefusedLogins = 2

// logins is what the logins at a place so far mean for the next one.
type logins struct {
	mu      sync.Mutex
	proven  bool  // one has worked
	refused int   // while no session was open
	verdict error // what all calls get after maxRefusedLogins
}

func (l *logins) worked() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proven = true
}

// failed draws the conclusions from a failed dial, and returns its error; nil is none. A
// login that is refused while another one is open says nothing about the password.
func (l *logins) failed(err error, others bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if u, ok := errors.AsType[*retry.Unreachable](err); ok {
		u.Again = l.proven
	}
	if errors.Is(err, providers.ErrLogin) && !others {
		l.refused++
		if l.refused >= maxRefusedLogins {
			l.verdict = err
		}
	}
	return err
}

// latched is what calls get without another try.
func (l *logins) latched() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.verdict
}
