package session

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Retry is how long an apply retries places that cannot be reached.
type Retry struct {
	Limit time.Duration
	Alive func() // called before each wait

	until time.Time // zero before the first wait
	pause time.Duration
}

// The pauses between two tries double from the first to the last.
const (
	firstPause = 30 * time.Second
	lastPause  = 10 * time.Minute
)

// next returns how long to wait before the next try; 0: do not try again.
func (r *Retry) next(now time.Time) time.Duration {
	if r.until.IsZero() {
		r.until, r.pause = now.Add(r.Limit), firstPause
	}
	pause := min(r.pause, r.until.Sub(now))
	r.pause = min(2*r.pause, lastPause)
	return max(pause, 0)
}

// wait waits until it is time to try those places again. It returns false if there are
// none, or no time is left, and an error if ctx ends.
func (r *Retry) wait(ctx context.Context, e *Env, away map[string]error) (again bool, err error) {
	if r == nil || len(away) == 0 || r.Limit == 0 {
		return false, nil
	}
	pause := r.next(e.clock())
	if pause == 0 {
		return false, nil
	}
	names := slices.Sorted(maps.Keys(away))
	e.Report.Logf(slog.LevelInfo, "%s: cannot be reached (%v). Retrying in %s, until %s (-retry-for=%s).",
		strings.Join(names, ", "), away[names[0]], wording.Seconds(pause), r.until.Local().Format("15:04"), r.Limit)
	r.Alive()
	return true, e.sleep(ctx, pause)
}

// readRetrying is Read that retries destinations that cannot be reached. After a wait,
// all places are read again.
func readRetrying(ctx context.Context, e *Env, r Reading, now time.Time) (*World, error) {
	w := Read(ctx, e, r, now)
	away := awayFrom(r.Spec, w)
	waited := false
	for {
		again, err := r.Retry.wait(ctx, e, away)
		if err != nil || !again {
			break
		}
		waited = true
		w.CloseAll()
		only := r
		only.Spec = onlyThese(r.Spec, away)
		w = Read(ctx, e, only, now)
		away = awayFrom(r.Spec, w)
	}
	if !waited || ctx.Err() != nil {
		return w, ctx.Err()
	}
	w.CloseAll()
	at, err := e.Moment()
	if err != nil {
		return &World{}, err
	}
	return Read(ctx, e, r, at.Now), ctx.Err()
}

// isAway reports whether a place does not answer, or its disk is absent. A refused
// login is not retried: that may end in a ban.
func isAway(err error) bool {
	return errors.Is(err, providers.ErrUnreachable) || errors.Is(err, fs.ErrNotExist)
}

// awayFrom returns the destinations that are not optional and could not be reached.
func awayFrom(spec *config.Spec, w *World) map[string]error {
	away := map[string]error{}
	for _, d := range spec.Destinations {
		if err := w.Inventories[d.Name].Err; isAway(err) && !d.Optional {
			away[d.Name] = err
		}
	}
	return away
}

// onlyThese returns the configuration with these destinations only.
func onlyThese(spec *config.Spec, names map[string]error) *config.Spec {
	only := *spec
	only.Sources = nil
	only.Destinations = slices.DeleteFunc(slices.Clone(spec.Destinations), func(d config.Destination) bool { return names[d.Name] == nil })
	return &only
}

// OpenSavedRetrying is OpenSaved that retries destinations that cannot be reached.
func OpenSavedRetrying(ctx context.Context, e *Env, plan *diff.Plan, secrets providers.Secrets, retry *Retry) (Places, error) {
	for {
		places, err := OpenSaved(ctx, e, plan, secrets)
		away := map[string]error{}
		for name, missing := range places.Missing {
			if isAway(missing) {
				away[name] = missing
			}
		}
		again, waitErr := retry.wait(ctx, e, away)
		if !again || waitErr != nil {
			return places, errors.Join(waitErr, err)
		}
		places.CloseAll()
	}
}
