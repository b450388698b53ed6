package ui

import (
	"io"
	"sync"
)

// streams are where all output goes: the two standard streams, and the transcript of
// both. Other writers may stand in for the streams, above bars.
type streams struct {
	mu       sync.Mutex
	out      io.Writer // stdout, or bars over it
	err      io.Writer // likewise stderr
	reported bool      // a warning or an error was written to stderr
	lost     bool      // Lost has returned an error

	stdout, stderr *outlet
	transcript     transcript
}

func newStreams(out, err io.Writer) *streams {
	stdout, stderr := newOutlet("standard output", out), newOutlet("standard error", err)
	return &streams{out: stdout, err: stderr, stdout: stdout, stderr: stderr}
}

// Streams returns stdout and stderr for a library that writes on its own.
func (s *streams) Streams() (out, err io.Writer) { return s.stdout, s.stderr }

// Print writes a result to stdout.
func (s *streams) Print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transcript.add(text)
	io.WriteString(s.out, text)
}

// Transcript returns what was printed so far, without colours; of a long output, the end.
func (s *streams) Transcript() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transcript.bytes()
}

// OnTerminal reports whether stdout is a terminal: somebody may be reading it.
func (s *streams) OnTerminal() bool { return IsTerminal(s.stdout.to) }

// Redirect sends all output through other writers until Restore.
func (s *streams) Redirect(through func(io.Writer) io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out, s.err = through(s.stdout), through(s.stderr)
}

// Restore ends Redirect, after finish has returned. Nothing is printed meanwhile.
func (s *streams) Restore(finish func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	finish()
	s.out, s.err = s.stdout, s.stderr
}

// Lost returns why a result, a warning or an error was not written; nil if all were, or
// if it was returned before. Nobody misses other lines of stderr.
func (s *streams) Lost() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.stdout.lost()
	if err == nil && s.reported {
		err = s.stderr.lost()
	}
	if err == nil || s.lost {
		return nil
	}
	s.lost = true
	return err
}
