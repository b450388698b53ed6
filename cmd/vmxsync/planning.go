package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
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
		return failure.New("Planning failed", err)
	}
	var errs []error
	for _, one := range failure.Unjoin(err) {
		errs = append(errs, failure.Reworded(strings.TrimPrefix(one.Error(), diff.ErrNothingReachable.Error()+": "), one))
	}
	return failure.New(failure.Capital(diff.ErrNothingReachable.Error()), errors.Join(errs...))
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

// provenPlan computes the plan until the manifests of all sets that justify a delete
// have been read. The content of a manifest can change the plan, and so which
// manifests matter; each round reads at least one, so the loop ends. Then the files
// of the sets to upload are opened, each once: a set with a file that cannot be
// opened is unreadable, and the plan is made again without it.
func provenPlan(ctx context.Context, in diff.Input, w *world) (*diff.Plan, error) {
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
