package command

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
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

// Lines are the paths, by their length in bytes, that the server of a store has
// proven to read in one line, and failed to.
type Lines struct {
	mu              sync.Mutex
	proven, refused int
	noWalk          bool // PWD is of no use, so no longer path can be walked
}

// judged reports whether it is known that paths of n bytes are read in one line.
func (l *Lines) judged(n int) (read, known bool) {
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

func (l *Lines) note(n int, read bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if read {
		l.proven = max(l.proven, n)
		return
	}
	l.refused = n
}

// sure is the longest path that is known to be read in one line, in bytes.
func (l *Lines) sure() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.proven, safePath)
}

// Longest is the longest path that may be read in one line, in bytes.
func (l *Lines) Longest() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused > 0 {
		return max(l.proven, safePath)
	}
	return providers.MaxLine
}

// pathsEndHere notes that a path is at most as long as one line.
func (l *Lines) pathsEndHere() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noWalk = true
}

// Walks reports whether a path may be longer than a line.
func (l *Lines) Walks() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.noWalk
}

// probeSteps are the lengths of path that are proven, in bytes: two commands for
// a store at most.
var probeSteps = []int{1000, providers.MaxLine}

// sentBytes is how long a path is on the line.
func sentBytes(s *Session, name string) (int, error) {
	sent, err := s.Dialer.Charset.Encode(name)
	return max(len(name), len(sent)), err
}

// ReadsUncut reports whether the server reads a path of such length in one line.
// To find out may cost the session, which is errLineCut then.
func (s *Session) ReadsUncut(name string) (bool, error) {
	n, err := sentBytes(s, name)
	if err != nil {
		return false, err
	}
	if read, known := s.Server.Lines.judged(n); known {
		return read, nil
	}
	shorter := safePath
	for _, step := range probeSteps {
		if n <= step {
			return proveLine(s, shorter, step)
		}
		shorter = step
	}
	return false, nil
}

// ErrLineCut: the session was lost by a line that proved too long. It is known
// now, and the next one is not asked again.
var ErrLineCut = errors.New("the server does not accept a line of that length")

// proveLine tries a path of step bytes. What is not read ends all that is longer
// than shorter.
func proveLine(s *Session, shorter, step int) (bool, error) {
	read, err := readsLine(s, step)
	if read {
		s.Server.Lines.note(step, true)
		return true, nil
	}
	s.Server.Lines.note(shorter+1, false)
	switch {
	case s.Broken && err != nil:
		return false, &retry.Lost{Err: fmt.Errorf("%w: %v", ErrLineCut, err)}
	case s.Broken:
		return false, &retry.Lost{Err: ErrLineCut}
	}
	return false, nil
}

const TooLongHint = "Rename the folder or the file at the source to a shorter name, or set a shorter `root`."

// TooLong refuses a path of n bytes that cannot be walked, for another reason or
// none.
func TooLong(n int, why string) error {
	return providers.WithHint(fmt.Errorf("path of %d bytes: this server has not been shown to read lines of more than 500 bytes as one command%s: %w",
		n, why, providers.ErrName), TooLongHint)
}

// Fits is the last word on each line of n bytes, whoever made it.
func (l *Lines) Fits(n int) bool { return n <= l.sure()+verbRoom }

// readsLine enters a folder that is not there, by a path of n bytes that leads
// nowhere else: only who reads it to its end finds that out and says 550. Who
// takes its begin for all enters the root, and what follows is no command. NOOP
// proves that there was one reply.
func readsLine(s *Session, n int) (bool, error) {
	const absent = "/vmxsync-is-not-here"
	pad := n - len(absent)
	line := strings.Repeat("/", pad%2) + strings.Repeat("/.", pad/2) + absent
	_, err := s.SayAnyLength(2, "CWD %s", line)
	r, refusal := errors.AsType[*wire.Refusal](err)
	if !refusal || wire.Transient(err) {
		s.Broken = true
		if err == nil || errors.Is(err, wire.ErrOutOfStep) {
			return false, nil
		}
		return false, err
	}
	if _, err := s.Exchange(200, "NOOP"); err != nil {
		s.Broken = true
		return false, nil
	}
	return r.Code == 550, nil
}
