package main

import (
	"bytes"
	"context"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// traced makes a store print its dialogue, line by line with the name of the place, if
// -verbosity=trace or the log asks for it.
func (p *process) traced(ctx context.Context, place string) context.Context {
	if !p.ui.enabled(levelTrace) {
		return ctx
	}
	return providers.WithTrace(ctx, &traceWriter{ui: p.ui, place: place})
}

// noticed prints the notices of a store, each text once.
func (p *process) noticed(ctx context.Context, place string) context.Context {
	return providers.WithNotices(ctx, func(text string) {
		level := levelInfo
		if ctx.Err() != nil || p.checking { // we have cancelled it ourselves, or provoke it
			level = levelDebug
		}
		if _, before := p.printed.LoadOrStore(place+": "+text, true); !before {
			p.ui.logf(level, "%s: %s.", place, text)
		}
	})
}

// traceWriter escapes the text of a server before it reaches a terminal.
type traceWriter struct {
	ui    *ui
	place string
}

var _ io.Writer = (*traceWriter)(nil)

func (w *traceWriter) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		w.ui.logf(levelTrace, "%s: %s", w.place, bytes.TrimRight(line, "\r\n"))
	}
	return len(text), nil
}
