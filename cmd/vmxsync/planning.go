package main

import (
	"context"
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// compute reads all places and makes the plan. The world stays open for an apply; the
// caller closes it, also after an error.
func (p *process) compute(ctx context.Context, spec *state.Spec, secrets providers.Secrets, options diff.Options) (*diff.Plan, *world, error) {
	in, w, err := p.input(ctx, spec, secrets, options)
	if err != nil {
		return nil, w, err
	}
	plan, err := provenPlan(ctx, in, w)
	if err == nil {
		p.applyReport.read, p.applyReport.changes = &in, plan.Changes
	}
	return plan, w, planFailure(err)
}

// planFailure has in its summary, which may be all that somebody reads, that nothing
// could be reached.
func planFailure(err error) error {
	if !errors.Is(err, diff.ErrNothingReachable) {
		return failure("Planning failed", err)
	}
	var errs []error
	for _, one := range unjoin(err) {
		errs = append(errs, reworded{strings.TrimPrefix(one.Error(), diff.ErrNothingReachable.Error()+": "), one})
	}
	return failure(capital(diff.ErrNothingReachable.Error()), errors.Join(errs...))
}

// input reads all places. The caller closes the world, also after an error.
func (p *process) input(ctx context.Context, spec *state.Spec, secrets providers.Secrets, options diff.Options) (diff.Input, *world, error) {
	at, err := p.clock()
	if err != nil {
		return diff.Input{}, &world{}, err
	}
	w, err := p.readWorldRetrying(ctx, spec, secrets, at.now)
	if err != nil {
		return diff.Input{}, w, err
	}
	if err := checkOverlaps(w.stores); err != nil {
		return diff.Input{}, w, err
	}
	p.proveSent(ctx, spec, w)
	return diff.Input{Spec: spec, Inventories: w.inventories, Now: at.now, Clock: at.name(), Options: options}, w, nil
}

// provenPlan computes the plan, and proves all that justifies a delete: see proof.
func provenPlan(ctx context.Context, in diff.Input, w *world) (*diff.Plan, error) {
	in.Prove = w.proof(ctx, in.Spec)
	plan, err := diff.Compute(in)
	if err != nil {
		return nil, err
	}
	return plan, ctx.Err()
}
