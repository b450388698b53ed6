package ftp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

type traceKey struct{}

// WithTrace makes a store that is opened with ctx write its dialogue with the
// server to w, a line for each line, escaped and without the password. Lines
// of concurrent sessions are distinguished by the number in front.
func WithTrace(ctx context.Context, w io.Writer) context.Context {
	return context.WithValue(ctx, traceKey{}, &tracer{w: w})
}

func tracerOf(ctx context.Context) *tracer {
	t, _ := ctx.Value(traceKey{}).(*tracer)
	return t
}

// tracer is shared by the sessions of a store.
type tracer struct {
	mu       sync.Mutex
	w        io.Writer
	sessions int
}

func (t *tracer) session(password string) *trace {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sessions++
	return &trace{to: t, number: t.sessions, password: password}
}

func (t *tracer) line(number int, mark string, text []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "%d%s %s\n", number, mark, providers.Escape(string(text)))
}

// trace is the dialogue of one session; nil traces nothing.
type trace struct {
	to       *tracer
	number   int
	password string
	rest     []byte // of a line that has not ended yet
}

func (t *trace) heard(p []byte) {
	if t == nil {
		return
	}
	t.rest = append(t.rest, p...)
	for {
		line, rest, ended := bytes.Cut(t.rest, []byte("\n"))
		if !ended {
			return
		}
		t.to.line(t.number, "<", []byte(redact(string(bytes.TrimRight(line, "\r")), t.password)))
		t.rest = rest
	}
}

func (t *trace) told(p []byte) {
	if t == nil {
		return
	}
	if bytes.HasPrefix(p, []byte("PASS ")) {
		p = []byte("PASS ****")
	}
	t.to.line(t.number, ">", bytes.TrimRight(p, "\r\n"))
}
