package apply

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/preflight"
)

// partly is an error where groups could not be read: Run would do the others.
func (x *executor) partly() error {
	report := preflight.Report{Lost: x.lost, Unread: x.unread}
	errs, _ := report.UnreadGroups(x.plan)
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrPartial, errors.Join(errs...))
}

// obstacle: no job is done for a group or at a destination that could not be read.
func (x *executor) obstacle(j *job) error {
	if err := x.lost[j.Place.Name]; err != nil {
		return &preflight.GroupError{Scope: j.Place.Name, Err: err}
	}
	if err := x.unread[j.Scope()]; err != nil {
		return fmt.Errorf("%s: %w", j.Address, err)
	}
	if err := x.skewed[j.Place.Name]; err != nil && j.Deletes() {
		return fmt.Errorf("%s: %w", j.Address, err)
	}
	return nil
}
