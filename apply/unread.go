package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

// groupError: the sets of one scope could not be read. Its text is escaped.
type groupError struct {
	scope string
	err   error
}

func (e *groupError) Error() string {
	return providers.EscapeLines(fmt.Sprintf("%s cannot be read: %v", e.scope, e.err))
}

func (e *groupError) Unwrap() error { return e.err }

// endsPreflight reports whether more than one group cannot be read: no job is started at
// that place.
func endsPreflight(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, providers.ErrUnreachable) || errors.Is(err, providers.ErrLogin)
}

// unreadGroups are the destinations, and at others the groups, that could not be
// read, in the order of the plan; all of the groups, or only some.
func (x *executor) unreadGroups() (errs []error, all bool) {
	groups, unread := 0, 0
	for _, p := range x.plan.Places {
		groups += len(p.Observed)
		if err := x.lost[p.Name]; err != nil {
			errs = append(errs, err)
			unread += len(p.Observed)
			continue
		}
		for _, o := range p.Observed {
			if err := x.unread[o.Scope]; err != nil {
				errs = append(errs, err)
				unread++
			}
		}
	}
	return errs, groups > 0 && unread == groups
}

// partly is an error where groups could not be read: Run would do the others.
func (x *executor) partly() error {
	errs, _ := x.unreadGroups()
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrPartial, errors.Join(errs...))
}

// obstacle: no job is done for a group or at a destination that could not be read.
func (x *executor) obstacle(j *job) error {
	if err := x.lost[j.Place.Name]; err != nil {
		return &groupError{j.Place.Name, err}
	}
	if err := x.unread[j.Scope()]; err != nil {
		return fmt.Errorf("%s: %w", j.Address, err)
	}
	if err := x.skewed[j.Place.Name]; err != nil && j.Deletes() {
		return fmt.Errorf("%s: %w", j.Address, err)
	}
	return nil
}
