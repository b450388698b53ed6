package session

import (
	"context"
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
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
	_ = w.ReadProofs(ctx, watched(r.Spec)) // what could not be read is in the sets
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
	w.readLedgers(ctx, r.Spec)
	return diff.Input{Spec: r.Spec, Inventories: w.Inventories, Now: at.Now, Clock: at.Name(), Options: options}, w, nil
}

// Proven computes the plan, and proves all that justifies a delete: see proof.
func Proven(ctx context.Context, in diff.Input, w *World) (*diff.Plan, error) {
	in.Prove = w.proof(ctx, in.Spec)
	plan, err := diff.Compute(in)
	if err != nil {
		return nil, err
	}
	return plan, ctx.Err()
}
