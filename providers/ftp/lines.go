package ftp

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// A server that reads a longer line than it has room for may take its rest for
// the next command: inetutils-ftpd does so after 511 bytes, and the rest of a
// folder's name can be DELE and a path. So a long line is sent only where the
// server has proven that it reads such lines as one. Elsewhere the path is walked;
// see walk.go.

const (
	// safePath is the longest path that is sent without proof, in bytes. With
	// any command in front, a line has at most 500.
	safePath = 500 - verbRoom
	// verbRoom is for the longest command in front of a path, and quotes.
	verbRoom = 12
)

// lines are the paths, by their length in bytes, that the server of a store has
// proven to read in one line, and failed to.
type lines struct {
	mu              sync.Mutex
	proven, refused int
	noWalk          bool // PWD is of no use, so no longer path can be walked
}

// judged reports whether it is known that paths of n bytes are read in one line.
func (l *lines) judged(n int) (read, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case n <= max(l.proven, safePath):
		return true, true
	case n > providers.MaxLine, l.refused > 0 && n >= l.refused:
		return false, true
	}
	return false, false
}

func (l *lines) note(n int, read bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if read {
		l.proven = max(l.proven, n)
		return
	}
	l.refused = n
}

// sure is the longest path that is known to be read in one line, in bytes.
func (l *lines) sure() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.proven, safePath)
}

// longest is the longest path that may be read in one line, in bytes.
func (l *lines) longest() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused > 0 {
		return max(l.proven, safePath)
	}
	return providers.MaxLine
}

// pathsEndHere notes that a path is at most as long as one line.
func (l *lines) pathsEndHere() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noWalk = true
}

func (l *lines) walks() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.noWalk
}

// longestPath is in bytes, with the root. A program sends a path in one line.
func (s *Store) longestPath() int {
	if s.method == nil && s.dialer.lines.walks() {
		return providers.MaxPath
	}
	return min(s.dialer.settings.longestPath(), s.dialer.lines.longest())
}

// inOneLine is f for sessions that read a path in one line, as programs send it.
func (s *Store) inOneLine(name string, f func(*session) error) func(*session) error {
	return func(ss *session) error {
		whole, err := ss.readsUncut(name)
		if err == nil && !whole {
			err = tooLong(len(name), "")
		}
		if err != nil {
			return err
		}
		return f(ss)
	}
}

// probeSteps are the lengths of path that are proven, in bytes: two commands for
// a store at most.
var probeSteps = []int{1000, providers.MaxLine}

// sentBytes is how long a path is on the line.
func (s *session) sentBytes(name string) (int, error) {
	sent, err := s.dialer.charset.encode(name)
	return max(len(name), len(sent)), err
}

// readsUncut reports whether the server reads a path of such length in one line.
// To find out may cost the session, which is errLineCut then.
func (s *session) readsUncut(name string) (bool, error) {
	n, err := s.sentBytes(name)
	if err != nil {
		return false, err
	}
	if read, known := s.dialer.lines.judged(n); known {
		return read, nil
	}
	shorter := safePath
	for _, step := range probeSteps {
		if n <= step {
			return s.proveLine(shorter, step)
		}
		shorter = step
	}
	return false, nil
}

// errLineCut: the session was lost by a line that proved too long. It is known
// now, and the next one is not asked again.
var errLineCut = errors.New("the server does not accept a line of that length")

// proveLine tries a path of step bytes. What is not read ends all that is longer
// than shorter.
func (s *session) proveLine(shorter, step int) (bool, error) {
	read, err := s.readsLine(step)
	if read {
		s.dialer.lines.note(step, true)
		return true, nil
	}
	s.dialer.lines.note(shorter+1, false)
	switch {
	case s.broken && err != nil:
		return false, &retry.Lost{Err: fmt.Errorf("%w: %v", errLineCut, err)}
	case s.broken:
		return false, &retry.Lost{Err: errLineCut}
	}
	return false, nil
}

const tooLongHint = "Rename the folder or the file at the source to a shorter name, or set a shorter `root`."

// tooLong refuses a path of n bytes that cannot be walked, for another reason or
// none.
func tooLong(n int, why string) error {
	return providers.WithHint(fmt.Errorf("path of %d bytes: this server has not been shown to read lines of more than 500 bytes as one command%s: %w",
		n, why, providers.ErrName), tooLongHint)
}

// errLongLine is a fault of this package.
var errLongLine = errors.New("the command is longer than the server is known to accept and was not sent")

// mayBeSent is the last word on each line of n bytes, whoever made it. A name or
// password is as long as it is.
func (c *control) mayBeSent(verb string, n int) bool {
	return c.lines == nil || c.trying || verb == "USER" || verb == "PASS" || n <= c.lines.sure()+verbRoom
}

// readsLine enters a folder that is not there, by a path of n bytes that leads
// nowhere else: only who reads it to its end finds that out and says 550. Who
// takes its begin for all enters the root, and what follows is no command. NOOP
// proves that there was one reply.
func (s *session) readsLine(n int) (bool, error) {
	const absent = "/vmxsync-is-not-here"
	pad := n - len(absent)
	line := strings.Repeat("/", pad%2) + strings.Repeat("/.", pad/2) + absent
	s.control.trying = true
	_, err := s.say(2, "CWD %s", line)
	s.control.trying = false
	r, refusal := errors.AsType[*refusal](err)
	if !refusal || transient(err) {
		s.broken = true
		if err == nil || errors.Is(err, errOutOfStep) {
			return false, nil
		}
		return false, err
	}
	if _, err := s.control.say(200, "NOOP"); err != nil {
		s.broken = true
		return false, nil
	}
	return r.code == 550, nil
}
