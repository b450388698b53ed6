package apply

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/state"
)

// own writes whose root this is. The file appears whole: it is written beside
// its name first.
type own struct{ at }

func (o own) look(ctx context.Context, _ journal.Status) (bool, error) {
	owner, err := state.ReadOwner(ctx, o.store, o.place.WorkDir)
	if err != nil || owner == o.plan.Name {
		return err == nil, err
	}
	if owner != "" {
		return false, fmt.Errorf("the root belongs to %q, the plan is of %q", owner, o.plan.Name)
	}
	return false, nil
}

func (o own) act(ctx context.Context) (journal.Result, error) {
	fresh := o.s.To + ".new"
	if err := write(ctx, o.store, fresh, []byte(o.plan.Name+"\n")); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, rename(ctx, o.store, fresh, o.s.To)
}
