package ftp

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// A server that reads a longer line than it has room for may take its rest for
// the next command: inetutils-ftpd does so after 511 bytes, and the rest of a
// folder's name can be DELE and a path. So a long line is sent only where the
// server has proven that it reads such lines as one.

const (
	// safePath is the longest path that is sent without proof, in bytes. With
	// any command in front, a line has at most 500.
	safePath = 500 - verbRoom
	// verbRoom is for the longest command in front of a path, and quotes.
	verbRoom = 12
)

// lines are the paths, by their length in bytes, that the server of a store has
// proven to read, and failed to.
type lines struct {
	mu              sync.Mutex
	proven, refused int
}

// judged tells whether it is known that paths of n bytes are read.
func (l *lines) judged(n int) (read, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case n <= max(l.proven, safePath):
		return true, true
	case l.refused > 0 && n >= l.refused:
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

// longest is the longest path that may be read, in bytes.
func (l *lines) longest() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused > 0 {
		return max(l.proven, safePath)
	}
	return providers.MaxLine
}

// fitting is f for sessions that read paths as long as names.
func (s *Store) fitting(f func(*session) error, names ...string) func(*session) error {
	return func(ss *session) error {
		for _, name := range names {
			if err := ss.reads(s.absolute(name)); err != nil {
				return err
			}
		}
		return f(ss)
	}
}

// probeSteps are the lengths of path that are proven, in bytes: two commands for
// a store at most.
var probeSteps = []int{1000, providers.MaxLine}

// reads proves that the server reads a path of such length in one piece.
func (s *session) reads(name string) error {
	sent, err := s.dialer.charset.encode(name)
	if err != nil {
		return err
	}
	n := max(len(name), len(sent))
	read, known := s.dialer.lines.judged(n)
	if known && !read {
		return tooLong(n)
	}
	if known {
		return nil
	}
	shorter := safePath
	for _, step := range probeSteps {
		if n <= step {
			return s.proveLine(n, shorter, step)
		}
		shorter = step
	}
	return tooLong(n)
}

// proveLine tries a path of step bytes, for one of n. What is not read ends all
// that is longer than shorter.
func (s *session) proveLine(n, shorter, step int) error {
	read, err := s.readsLine(step)
	if read {
		s.dialer.lines.note(step, true)
		return nil
	}
	s.dialer.lines.note(shorter+1, false)
	return cmp.Or(err, tooLong(n))
}

const tooLongHint = "Give the folder, or the file in it, shorter names at the source, or set a shorter `root`."

func tooLong(n int) error {
	return providers.WithHint(fmt.Errorf("path of %d bytes: this server has not proven to read lines of more than 500 bytes as one command: %w",
		n, providers.ErrName), tooLongHint)
}

// readsLine enters a folder that is not there, by a path of n bytes that leads
// nowhere else: only who reads it to its end finds that out and says 550. Who
// takes its begin for all enters the root, and what follows is no command. NOOP
// proves that there was one reply.
func (s *session) readsLine(n int) (bool, error) {
	const absent = "/vmxsync-is-not-here"
	pad := n - len(absent)
	line := strings.Repeat("/", pad%2) + strings.Repeat("/.", pad/2) + absent
	_, err := s.say(2, "CWD %s", line)
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
