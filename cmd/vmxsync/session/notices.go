package session

import (
	"bytes"
	"context"
	"io"
	"log/slog"

	"github.com/vmxsync/vmxsync/apply/logfile"
	"github.com/vmxsync/vmxsync/providers"
)

// traced makes a store log its dialogue, line by line with the name of the place, if
// -verbosity=trace or the log asks for it.
func (e *Env) traced(ctx context.Context, place string) context.Context {
	if !e.Report.Enabled(logfile.Trace) {
		return ctx
	}
	return providers.WithTrace(ctx, &traceWriter{to: e.Report, place: place})
}

// noticing logs the notices of a store, each text once.
func (e *Env) noticing(ctx context.Context, place string) context.Context {
	return providers.WithNotices(ctx, func(text string) {
		level := slog.LevelInfo
		if ctx.Err() != nil || e.Probing { // we have cancelled it ourselves, or provoke it
			level = slog.LevelDebug
		}
		if _, before := e.noticed.LoadOrStore(place+": "+text, true); !before {
			e.Report.Logf(level, "%s: %s.", place, text)
		}
	})
}

// traceWriter escapes the text of a server before it reaches a terminal.
type traceWriter struct {
	to    Reporter
	place string
}

var _ io.Writer = (*traceWriter)(nil)

func (w *traceWriter) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		w.to.Logf(logfile.Trace, "%s: %s", w.place, bytes.TrimRight(line, "\r\n"))
	}
	return len(text), nil
}
