package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/journal"
)

// seal completes a set that was sent to its final name: writing its manifest publishes
// it.
type seal struct{ manifest }

func (s seal) Do(ctx context.Context) (journal.Result, error) {
	if err := s.write(ctx); err != nil {
		return journal.Result{}, err
	}
	waited, err := waitForLateWrites(ctx, s.Env)
	if err == nil && waited {
		_, err = s.sent(ctx)
	}
	if err != nil {
		return journal.Result{}, err
	}
	if err := s.move(ctx); err != nil {
		return journal.Result{}, err
	}
	if _, err = wholeSet(ctx, s.Env, s.Final()); err == nil {
		forgetSent(s.Env)
		recordProof(ctx, s.Env)
	}
	return journal.Result{}, err
}
