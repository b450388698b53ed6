package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Planned is a plan, nil if none could be made, and from what it was made.
type Planned struct {
	Plan  *diff.Plan
	Input diff.Input
	World *World
}

// Plan reads all places and makes the plan. The world stays open for an apply; the
// caller closes it, also after an error.
func Plan(ctx context.Context, e *Env, r Reading, options diff.Options) (Planned, error) {
	in, w, err := Input(ctx, e, r, options)
	if err != nil {
		return Planned{World: w}, err
	}
	plan, err := Proven(ctx, in, w)
	return Planned{plan, in, w}, planFailure(err)
}

// planFailure has in its summary, which may be all that somebody reads, that nothing
// could be reached.
func planFailure(err error) error {
	if !errors.Is(err, diff.ErrNothingReachable) {
		return failure.New("Planning failed", err)
	}
	var errs []error
	for _, one := range failure.Unjoin(err) {
		errs = append(errs, failure.Reworded(strings.TrimPrefix(one.Error(), diff.ErrNothingReachable.Error()+": "), one))
	}
	return failure.New(wording.Capital(diff.ErrNothingReachable.Error()), errors.Join(errs...))
}

// Input reads all places. The caller closes the world, also after an error.
func Input(ctx context.Context, e *Env, r Reading, options diff.Options) (diff.Input, *World, error) {
	at, err := e.Moment()
	if err != nil {
		return diff.Input{}, &World{}, err
	}
	w, err := readRetrying(ctx, e, r, at.Now)
	if err != nil {
		return diff.Input{}, w, err
	}
	if err := checkOverlaps(w.Stores); err != nil {
		return diff.Input{}, w, err
	}
	proveSent(ctx, e, r.Spec, w)
	return diff.Input{Spec: r.Spec, Inventories: w.Inventories, Now: at.Now, Clock: at.Name(), Options: options}, w, nil
}

// Proven computes the plan until the manifests of all sets that justify a delete
// have been read. The content of a manifest can change the plan, and so which
// manifests matter; each round reads at least one, so the loop ends. Then the files
// of the sets to upload are opened, each once: a set with a file that cannot be
// opened is unreadable, and the plan is made again without it.
func Proven(ctx context.Context, in diff.Input, w *World) (*diff.Plan, error) {
	for {
		plan, err := diff.Compute(in)
		if err != nil {
			return nil, err
		}
		unproven := diff.Unproven(plan, in.Inventories)
		if len(unproven) == 0 {
			if w.allReadable(ctx, plan) {
				return plan, ctx.Err()
			}
			continue
		}
		w.prove(ctx, unproven)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if still := diff.Unproven(plan, in.Inventories); sameKeys(still, unproven) {
			return nil, fmt.Errorf("the manifests of %d places cannot be read", len(still))
		}
	}
}

func sameKeys(a, b map[string][]state.Key) bool {
	if len(a) != len(b) {
		return false
	}
	for place, keys := range a {
		if !slices.Equal(keys, b[place]) {
			return false
		}
	}
	return true
}
