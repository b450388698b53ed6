package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/events"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func retryForFlag() cli.Flag {
	return &cli.DurationFlag{Name: "retry-for", Usage: "retry for `TIME` (2h) if a destination cannot be reached", DefaultText: "no retry"}
}

// retryPolicy is how long an apply retries a place that cannot be reached. The zero
// value does not retry.
type retryPolicy struct {
	limit time.Duration
	now   func() time.Time                           // of the machine's clock, even if VMXSYNC_NOW is set; nil: time.Now
	wait  func(context.Context, time.Duration) error // nil: a timer

	until time.Time // zero before the first wait
	pause time.Duration
}

// The pauses between two tries double from the first to the last.
const (
	firstPause = 30 * time.Second
	lastPause  = 10 * time.Minute
)

// next returns how long to wait before the next try; 0: do not try again.
func (r *retryPolicy) next() time.Duration {
	now := time.Now
	if r.now != nil {
		now = r.now
	}
	if r.until.IsZero() {
		r.until, r.pause = now().Add(r.limit), firstPause
	}
	pause := min(r.pause, r.until.Sub(now()))
	r.pause = min(2*r.pause, lastPause)
	return max(pause, 0)
}

// waitToRetry waits until it is time to try those places again. It returns false if there
// are none, or no time is left, and an error if ctx ends.
func (p *process) waitToRetry(ctx context.Context, away map[string]error) (again bool, err error) {
	if len(away) == 0 || p.retryFor.limit == 0 {
		return false, nil
	}
	pause := p.retryFor.next()
	if pause == 0 {
		return false, nil
	}
	names := slices.Sorted(maps.Keys(away))
	p.ui.Logf(slog.LevelInfo, "%s: cannot be reached (%v). Retrying in %s, until %s (-retry-for=%s).",
		strings.Join(names, ", "), away[names[0]], events.Seconds(pause), p.retryFor.until.Local().Format("15:04"), p.retryFor.limit)
	p.applyReport.run.touch()
	if p.retryFor.wait != nil {
		return true, p.retryFor.wait(ctx, pause)
	}
	err = providers.Sleep(ctx, pause)
	return err == nil, err
}

// readWorldRetrying is readWorld that retries destinations that cannot be reached. After a
// wait, all places are read again.
func (p *process) readWorldRetrying(ctx context.Context, spec *state.Spec, secrets providers.Secrets, now time.Time) (*world, error) {
	w := p.readWorld(ctx, spec, secrets, now)
	away := awayFrom(spec, w)
	waited := false
	for {
		again, err := p.waitToRetry(ctx, away)
		if err != nil || !again {
			break
		}
		waited = true
		w.close()
		w = p.readWorld(ctx, onlyThese(spec, away), secrets, now)
		away = awayFrom(spec, w)
	}
	if !waited || ctx.Err() != nil {
		return w, ctx.Err()
	}
	w.close()
	at, err := p.clock()
	if err != nil {
		return &world{}, err
	}
	return p.readWorld(ctx, spec, secrets, at.now), ctx.Err()
}

// isAway reports whether a place does not answer, or its disk is absent. A refused
// login is not retried: that may end in a ban.
func isAway(err error) bool {
	return errors.Is(err, providers.ErrUnreachable) || errors.Is(err, fs.ErrNotExist)
}

// awayFrom returns the destinations that are not optional and could not be reached.
func awayFrom(spec *state.Spec, w *world) map[string]error {
	away := map[string]error{}
	for _, d := range spec.Destinations {
		if err := w.inventories[d.Name].Err; isAway(err) && !d.Optional {
			away[d.Name] = err
		}
	}
	return away
}

// onlyThese returns the configuration with these destinations only.
func onlyThese(spec *state.Spec, names map[string]error) *state.Spec {
	only := *spec
	only.Sources = nil
	only.Destinations = slices.DeleteFunc(slices.Clone(spec.Destinations), func(d state.Destination) bool { return names[d.Name] == nil })
	return &only
}

// openPlacesRetrying is openPlaces that retries destinations that cannot be reached.
func (p *process) openPlacesRetrying(ctx context.Context, plan *diff.Plan, secrets providers.Secrets) (openPlaces, error) {
	for {
		places, err := p.openPlaces(ctx, plan, secrets)
		away := map[string]error{}
		for name, missing := range places.missing {
			if isAway(missing) {
				away[name] = missing
			}
		}
		again, waitErr := p.waitToRetry(ctx, away)
		if !again || waitErr != nil {
			return places, errors.Join(waitErr, err)
		}
		(&world{stores: places.stores}).close()
	}
}

// checkRetryFor refuses a time that is not positive.
func checkRetryFor(c *cli.Context) error {
	if c.IsSet("retry-for") && c.Duration("retry-for") <= 0 {
		return failure.Usage(fmt.Errorf("-retry-for=%s is not positive", c.Duration("retry-for")), "Write a time such as 2h or 30m, or leave it out.")
	}
	return nil
}
