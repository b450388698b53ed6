package rules

import (
	"context"

	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

// Clause is one row of the table as it is written down: a name that is stable and fit for
// a path element, what holds, what the owner of a place that breaks it can do ("" where
// nothing but another server or an update helps), and the way to try it.
type Clause struct {
	Name, Promise, Advice string

	Try func(ctx context.Context, t *trial.Trial)
}
