package preflight

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// GroupError is why the sets of one scope, or of a whole place, could not be read. Its
// text is escaped.
type GroupError struct {
	Scope string
	Err   error
}

func (e *GroupError) Error() string {
	return providers.EscapeLines(fmt.Sprintf("%s cannot be read: %v", e.Scope, e.Err))
}

// Unwrap returns the cause.
func (e *GroupError) Unwrap() error { return e.Err }

// endsPreflight reports whether more than one group cannot be read: no job is started at
// that place.
func endsPreflight(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, providers.ErrUnreachable) || errors.Is(err, providers.ErrLogin)
}

// UnreadGroups are the destinations, and at others the groups, that could not be
// read, in the order of the plan; all of the groups, or only some.
func (r Report) UnreadGroups(plan *diff.Plan) (errs []error, all bool) {
	groups, unread := 0, 0
	for _, p := range plan.Places {
		groups += len(p.Observed)
		if err := r.Lost[p.Name]; err != nil {
			errs = append(errs, err)
			unread += len(p.Observed)
			continue
		}
		for _, o := range p.Observed {
			if err := r.Unread[o.Scope]; err != nil {
				errs = append(errs, err)
				unread++
			}
		}
	}
	return errs, groups > 0 && unread == groups
}
