package apply

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// obstacles are why some jobs of a run are not done. They are complete before the first
// step.
type obstacles struct {
	lost   map[string]error // destinations that could not be locked or read, by name
	unread map[string]error // groups that could not be read, by scope
	skewed map[string]error // destinations whose clock forbids deletes, by name
}

// of is why a job is not done: its group or its destination could not be read, or it
// would delete by a wrong clock.
func (o *obstacles) of(j *job) error {
	if err := o.lost[j.Place.Name]; err != nil {
		return &preflight.GroupError{Scope: j.Place.Name, Err: err}
	}
	if err := o.unread[j.Scope()]; err != nil {
		return fmt.Errorf("%s: %w", j.Address, err)
	}
	if err := o.skewed[j.Place.Name]; err != nil && j.Deletes() {
		return fmt.Errorf("%s: %w", j.Address, err)
	}
	return nil
}

// toCount is why the sets of a VM at a destination justify nothing.
func (o *obstacles) toCount(place, vm string) error {
	if err := cmp.Or(o.lost[place], o.unread[state.Scope(place, vm)]); err != nil {
		return &preflight.GroupError{Scope: place, Err: err}
	}
	return nil
}

// partly is an error where groups could not be read: Run would do the others.
func (o *obstacles) partly(plan *diff.Plan) error {
	errs, _ := preflight.Report{Lost: o.lost, Unread: o.unread}.UnreadGroups(plan)
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", outcome.ErrPartial, errors.Join(errs...))
}
