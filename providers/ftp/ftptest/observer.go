package ftptest

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// observer counts what the in-process server sees. It is the slog.Handler of
// that server, because its log is the one place where command lines appear
// decrypted.
type observer struct {
	mu       sync.Mutex
	logins   int
	open     int
	peak     int
	commands []string
}

// enter counts one more session, unless limit (if not 0) is reached.
func (o *observer) enter(limit int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if limit > 0 && o.open >= limit {
		return false
	}
	o.open++
	o.peak = max(o.peak, o.open)
	return true
}

func (o *observer) leave() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open--
}

func (o *observer) loggedIn() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.logins++
}

func (o *observer) count(what func(*observer) int) int {
	if o == nil {
		return 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return what(o)
}

func (o *observer) lines() []string {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.commands)
}

// Enabled implements slog.Handler.
func (o *observer) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler. It keeps command lines and nothing else.
func (o *observer) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "Received line" {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "line" {
			o.keep(a.Value.String())
		}
		return true
	})
	return nil
}

func (o *observer) keep(line string) {
	if verb, _, _ := strings.Cut(line, " "); strings.EqualFold(verb, "PASS") {
		line = verb
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.commands = append(o.commands, line)
}

// WithAttrs implements slog.Handler.
func (o *observer) WithAttrs([]slog.Attr) slog.Handler { return o }

// WithGroup implements slog.Handler.
func (o *observer) WithGroup(string) slog.Handler { return o }
