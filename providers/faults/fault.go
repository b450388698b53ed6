package faults

import (
	"errors"
	"fmt"
	"path"
	"slices"
)

// ErrCrashed is what every call returns once the process counts as dead.
var ErrCrashed = errors.New("the process has crashed")

// The operations of a store, as Call.Op names them.
const (
	List    = "list"
	Stat    = "stat"
	Open    = "open"
	Put     = "put"
	Rename  = "rename"
	Remove  = "remove"
	MakeDir = "makedir"
)

// Call is one call to a store, or one Step.
type Call struct {
	Index int    // counted from 0 over all that shares the script
	Op    string // List ... MakeDir, or the argument of Step
	Path  string // the first path of the call
	To    string // the second one of a rename
}

func (c Call) String() string {
	if c.To != "" {
		return fmt.Sprintf("#%d %s %s to %s", c.Index, c.Op, c.Path, c.To)
	}
	return fmt.Sprintf("#%d %s %s", c.Index, c.Op, c.Path)
}

// When is the instant of a fault within its call.
type When int

const (
	// Before: the call has no effect.
	Before When = iota
	// Middle: a put stores the first half of its body, a reader delivers one
	// byte. Other calls have no middle: this is Before for them.
	Middle
	// After: the call has its whole effect, and the caller does not learn it.
	After
)

func (w When) String() string { return [...]string{"before", "in the middle of", "after"}[w] }

// Match says which calls a fault is about.
type Match func(Call) bool

// Any matches every call.
func Any(Call) bool { return true }

// On matches calls with one of these operations and, for its Path or its To,
// the pattern of path.Match; "" stands for any path.
func On(pattern string, ops ...string) Match {
	return func(c Call) bool {
		if len(ops) > 0 && !slices.Contains(ops, c.Op) {
			return false
		}
		return pattern == "" || fits(pattern, c.Path) || c.To != "" && fits(pattern, c.To)
	}
}

func fits(pattern, p string) bool {
	ok, err := path.Match(pattern, p)
	if err != nil {
		panic(fmt.Sprintf("faults: pattern %q: %v", pattern, err))
	}
	return ok
}

// Fault is one thing that goes wrong. Make it with Crash, Fail, FailAlways or
// Lie.
type Fault struct {
	what  string
	match Match
	nth   int // of the matching calls, from 0
	each  bool
	when  When
	err   error // nil: a lie
	crash bool

	seen int  // matching calls so far; guarded by the script
	hit  bool // guarded by the script
}

// Crash ends the process at the call with that index. Whatever the instant,
// the call itself returns ErrCrashed.
func Crash(index int, when When) *Fault {
	return &Fault{
		what: fmt.Sprintf("crash %s call #%d", when, index), when: when, crash: true, err: ErrCrashed,
		match: func(c Call) bool { return c.Index == index },
	}
}

// CrashOn ends the process at the nth matching call, counted from 0.
func CrashOn(m Match, nth int, when When) *Fault {
	return &Fault{
		what: fmt.Sprintf("crash %s matching call %d", when, nth), when: when, crash: true, err: ErrCrashed,
		match: m, nth: nth,
	}
}

// Fail makes the nth matching call, counted from 0, return err.
func Fail(m Match, nth int, when When, err error) *Fault {
	return &Fault{what: fmt.Sprintf("%q %s matching call %d", err, when, nth), match: m, nth: nth, when: when, err: err}
}

// FailAlways makes every matching call return err, without effect.
func FailAlways(m Match, err error) *Fault {
	return &Fault{what: fmt.Sprintf("%q at every matching call", err), match: m, each: true, err: err}
}

// Lie makes the nth matching put, rename, remove or makedir, counted from 0, return no
// error and yet have no effect (Before), or store one half only (Middle).
func Lie(m Match, nth int, when When) *Fault {
	return &Fault{
		what: fmt.Sprintf("lie %s matching call %d", when, nth), nth: nth, when: when,
		match: func(c Call) bool { return changes(c.Op) && m(c) },
	}
}

func changes(op string) bool { return op == Put || op == Rename || op == Remove || op == MakeDir }

// meets counts the call if it matches, and reports whether it is the one.
func (f *Fault) meets(c Call) bool {
	if !f.match(c) {
		return false
	}
	f.seen++
	return f.each || f.seen == f.nth+1
}
