package session

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
)

// Env is what the operating system and the build give one run of the program.
type Env struct {
	Lookup  func(string) (string, bool) // of the environment
	Environ []string                    // all of it, for programs that are run
	State   statedir.Dir
	Version string
	Drivers []providers.Driver
	Report  Reporter
	Probing bool // a check provokes what stores notice

	// For tests: the machine's clock, even if VMXSYNC_NOW is set, and waiting. Nil: time.Now
	// and providers.Sleep.
	Clock func() time.Time
	Sleep func(context.Context, time.Duration) error

	noticed sync.Map // notices of stores, by text
}

// Reporter takes what a person should know beside the result of a function.
type Reporter interface {
	Warn(summary, detail, hint string)
	WarnOf(summary string, err error)
	Caution(summary, detail, hint string) // a warning that is reported elsewhere too
	Cautions(diag.Diagnostics)
	Logf(level slog.Level, format string, args ...any)
	Enabled(level slog.Level) bool
}

// Host is the name of this machine.
func Host() string {
	host, err := os.Hostname()
	if err != nil {
		return "unknown-host"
	}
	return host
}

// InAutomation reports whether nobody reads advice on what to type next.
func (e *Env) InAutomation() bool {
	v, _ := e.Lookup("VMXSYNC_IN_AUTOMATION")
	return v != ""
}

func (e *Env) clock() time.Time {
	if e.Clock != nil {
		return e.Clock()
	}
	return time.Now()
}

func (e *Env) sleep(ctx context.Context, d time.Duration) error {
	if e.Sleep != nil {
		return e.Sleep(ctx, d)
	}
	return providers.Sleep(ctx, d)
}
