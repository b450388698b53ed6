package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"

	"github.com/vmxsync/vmxsync/apply/logfile"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

// traced makes a store print its dialogue, line by line with the name of the place, if
// -verbosity=trace or the log asks for it.
func (p *process) traced(ctx context.Context, place string) context.Context {
	if !p.ui.Enabled(logfile.Trace) {
		return ctx
	}
	return ftp.WithTrace(ctx, &traceWriter{ui: p.ui, place: place})
}

// noticed prints the notices of a store, each text once.
func (p *process) noticed(ctx context.Context, place string) context.Context {
	return providers.WithNotices(ctx, func(text string) {
		level := slog.LevelInfo
		if ctx.Err() != nil || p.checking { // we have cancelled it ourselves, or provoke it
			level = slog.LevelDebug
		}
		if _, before := p.printed.LoadOrStore(place+": "+text, true); !before {
			p.ui.Logf(level, "%s: %s.", place, text)
		}
	})
}

// traceWriter escapes the text of a server before it reaches a terminal.
type traceWriter struct {
	ui    *ui.UI
	place string
}

var _ io.Writer = (*traceWriter)(nil)

func (w *traceWriter) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		w.ui.Logf(logfile.Trace, "%s: %s", w.place, bytes.TrimRight(line, "\r\n"))
	}
	return len(text), nil
}
