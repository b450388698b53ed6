package retry

import (
	"errors"
	"fmt"
	"net"

	"github.com/vmxsync/vmxsync/providers"
)

// Lost is the end of a session: nobody knows what became of the last request.
type Lost struct{ Err error }

func (l *Lost) Error() string { return "connection lost: " + providers.Escape(l.Err.Error()) }
func (l *Lost) Unwrap() error { return l.Err }

// Unreachable is a dial that did not lead to a session.
type Unreachable struct {
	Err   error
	Again bool // it has worked before, so it may work again; a pool of sessions sets it
}

func (u *Unreachable) Error() string   { return u.Err.Error() }
func (u *Unreachable) Unwrap() []error { return []error{providers.ErrUnreachable, u.Err} }

// Short is an upload that the place took for whole and that is not, in bytes.
type Short struct{ Held, Size int64 }

func (s *Short) Error() string { return fmt.Sprintf("the server has %d of %d bytes", s.Held, s.Size) }

// Unreadable is a failure on this side of an upload.
type Unreadable struct{ Err error }

func (u *Unreadable) Error() string { return "body: " + u.Err.Error() }
func (u *Unreadable) Unwrap() error { return u.Err }

// IsLost reports whether a session ended before its answer.
func IsLost(err error) bool {
	_, ok := errors.AsType[*Lost](err)
	return ok
}

// IsShort reports whether the place holds less than it acknowledged, or more.
func IsShort(err error) bool {
	_, ok := errors.AsType[*Short](err)
	return ok
}

// IsLocal reports whether the body could not be read: no fault of the place.
func IsLocal(err error) bool {
	_, ok := errors.AsType[*Unreadable](err)
	return ok
}

// Final reports whether no other try can succeed, whatever else is known of err.
func Final(err error) bool {
	return errors.Is(err, providers.ErrLogin) || errors.Is(err, providers.ErrFull) || IsLocal(err)
}

// Transient reports whether the same call may succeed later in another session.
func Transient(err error) bool {
	if Final(err) {
		return false
	}
	if u, ok := errors.AsType[*Unreachable](err); ok {
		return u.Again
	}
	return IsShort(err) || IsLost(err)
}

// IsSlow reports whether err is the end of a wait in which nothing moved.
func IsSlow(err error) bool {
	slow, ok := errors.AsType[net.Error](err)
	return ok && slow.Timeout()
}
