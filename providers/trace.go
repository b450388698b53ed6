package providers

import (
	"context"
	"fmt"
	"io"
	"sync"
)

type traceKey struct{}

// WithTrace makes a store that is opened with ctx write its dialogue with the
// server to w, a line for each line, escaped and without secrets. Lines of
// concurrent sessions are distinguished by the number in front.
func WithTrace(ctx context.Context, w io.Writer) context.Context {
	return context.WithValue(ctx, traceKey{}, &Trace{w: w})
}

// TraceOf is where a store that is opened with ctx writes its dialogue; nil, which
// writes nothing, where nobody asked for it.
func TraceOf(ctx context.Context) *Trace {
	t, _ := ctx.Value(traceKey{}).(*Trace)
	return t
}

// Trace is shared by the sessions of a store.
type Trace struct {
	mu       sync.Mutex
	w        io.Writer
	sessions int
}

// Session is the trace of the next session; nil, which writes nothing, if t is.
func (t *Trace) Session() *SessionTrace {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sessions++
	return &SessionTrace{trace: t, number: t.sessions}
}

// SessionTrace is the dialogue of one session. Its caller masks every secret.
type SessionTrace struct {
	trace  *Trace
	number int // from 1
}

// Sent writes one line that was sent to the server.
func (s *SessionTrace) Sent(line string) { s.write('>', line) }

// Received writes one line that came from the server.
func (s *SessionTrace) Received(line string) { s.write('<', line) }

func (s *SessionTrace) write(mark rune, line string) {
	if s == nil {
		return
	}
	s.trace.mu.Lock()
	defer s.trace.mu.Unlock()
	fmt.Fprintf(s.trace.w, "%d%c %s\n", s.number, mark, Escape(line))
}
