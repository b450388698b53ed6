package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
)

// absence is a destination that cannot be reached for the first few times, and a clock
// that moves with each wait.
type absence struct {
	t      *testing.T
	asked  int
	away   int
	reason error
	now    time.Time
	waits  []time.Duration
	stop   func(n int) // before each wait, whose number it is
}

func (a *absence) driver() providers.Driver {
	d := local.Driver
	open := d.Open
	d.Open = func(ctx context.Context, s providers.Settings, secrets providers.Secrets) (providers.Store, error) {
		if strings.HasSuffix(s.(*local.Settings).Path, "dst") {
			if a.asked++; a.asked <= a.away {
				return nil, a.reason
			}
		}
		return open(ctx, s, secrets)
	}
	return d
}

func (a *absence) wait(ctx context.Context, d time.Duration) error {
	a.waits = append(a.waits, d)
	a.now = a.now.Add(d)
	if a.stop != nil {
		a.stop(len(a.waits))
	}
	return ctx.Err()
}

// run applies with one set to upload.
func (a *absence) run(ctx context.Context, args ...string) (code int, output string) {
	a.t.Helper()
	kept := drivers
	a.t.Cleanup(func() { drivers = kept })
	drivers = []providers.Driver{a.driver()}
	dir := a.t.TempDir()
	set := filepath.Join(dir, "src", "Bart", "2020-01-01-010000")
	for _, folder := range []string{set, filepath.Join(dir, "dst")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			a.t.Fatal(err)
		}
	}
	for name, text := range map[string]string{filepath.Join(set, "a"): "text", filepath.Join(dir, "vmxsync.hcl"): awayConfig} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	a.t.Chdir(dir)
	a.now = time.Date(2026, 11, 30, 3, 0, 0, 0, time.Local)
	var out, errs bytes.Buffer
	p := &process{args: append([]string{"apply", "-auto-approve"}, args...), stdout: &out, stderr: &errs, env: func(name string) (string, bool) {
		if name != "XDG_STATE_HOME" {
			return "", false
		}
		return filepath.Join(dir, "state"), true
	}}
	p.clock, p.sleep = func() time.Time { return a.now }, a.wait
	code = p.run(ctx)
	return code, out.String() + errs.String()
}

const awayConfig = `
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "local" "usb" { path = "dst" }
retention "standard" {
  keep_last   = 3
  keep_oldest = false
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.local.usb]
  retention    = retention.standard
  fresh_within = "off"
}`

var away = providers.WithHint(fmt.Errorf("dial: %w", providers.ErrUnreachable), "Is it on?")

func TestRetryFor_retriesUntilItIsReached(t *testing.T) {
	a := &absence{t: t, away: 3, reason: away}
	code, output := a.run(t.Context(), "-retry-for=2h")
	if code != 0 || !strings.Contains(output, "1 added") {
		t.Errorf("exit code %d\n%s", code, output)
	}
	if want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}; !slices.Equal(a.waits, want) {
		t.Errorf("waits %v, want %v", a.waits, want)
	}
	if !strings.Contains(output, "usb: cannot be reached (dial: cannot be reached). Retrying in 30s, until 05:00 (-retry-for=2h0m0s).") {
		t.Errorf("no such line:\n%s", output)
	}
}

func TestRetryFor_endsInTime(t *testing.T) {
	a := &absence{t: t, away: 1000, reason: away}
	code, output := a.run(t.Context(), "-retry-for=1h")
	if code != 1 || !strings.Contains(output, "No destination could be read") {
		t.Errorf("exit code %d\n%s", code, output)
	}
	var all time.Duration
	for _, w := range a.waits {
		all += w
	}
	if all != time.Hour || slices.Max(a.waits) != 10*time.Minute || len(a.waits) > 12 {
		t.Errorf("waits %v", a.waits)
	}
}

func TestRetryFor_triesOnceWithoutIt(t *testing.T) {
	a := &absence{t: t, away: 1000, reason: away}
	if code, output := a.run(t.Context()); code != 1 || len(a.waits) > 0 {
		t.Errorf("exit code %d, waits %v\n%s", code, a.waits, output)
	}
}

// A wrong password stays wrong, and retries may get us banned.
func TestRetryFor_isNotForAnotherError(t *testing.T) {
	a := &absence{t: t, away: 1000, reason: providers.ErrLogin}
	if code, output := a.run(t.Context(), "-retry-for=2h"); code != 1 || len(a.waits) > 0 || a.asked != 1 {
		t.Errorf("exit code %d, waits %v, asked %d times\n%s", code, a.waits, a.asked, output)
	}
}

func TestRetryFor_endsOnAnInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := &absence{t: t, away: 1000, reason: away, stop: func(n int) {
		if n == 2 {
			cancel()
		}
	}}
	if code, output := a.run(ctx, "-retry-for=2h"); code != int(failure.Interrupted) || len(a.waits) != 2 {
		t.Errorf("exit code %d, waits %v\n%s", code, a.waits, output)
	}
}
