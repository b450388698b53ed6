package failure_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

func TestExitCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("any"), 1},
		{failure.ErrChanges, 2},
		{failure.Partial, 3},
		{apply.ErrPartial, 3},
		{failure.ErrTooLong, 3},
		{failure.ErrFailed, 2},
		{failure.ErrUnheld, 3},
		{failure.ErrUnread, 3},
		{errors.Join(failure.ErrUnheld, failure.ErrFailed), 2},
		{apply.ErrStale, 4},
		{apply.ErrApplied, 4},
		{failure.ErrExpired, 4},
		{apply.ErrRefused, 5},
		{failure.ErrWaiting, 5},
		{lock.ErrHeld, 6},
		{context.Canceled, 130},
	} {
		wrapped := c.err
		if c.err != nil {
			wrapped = failure.New("A summary", failure.Hinted(fmt.Errorf("nas: %w", c.err), "A hint."))
		}
		if got := failure.ExitCode(wrapped); got != c.want {
			t.Errorf("ExitCode(%v) = %d, want %d", wrapped, got, c.want)
		}
	}
}

// Joined errors are one diagnostic each, with their own hints; an error that only wraps
// two is one.
func TestDiagnostics_oneOfEachJoinedError(t *testing.T) {
	a, b := failure.Hinted(errors.New("nas: off"), "Switch it on."), errors.New("usb: away")
	got := failure.Diagnostics(failure.New("Planning failed", errors.Join(a, b)))
	if len(got) != 2 || got[0].Detail != "nas: off" || got[0].Hint != "Switch it on." || got[1].Detail != "usb: away" || got[1].Summary != "Planning failed" {
		t.Errorf("got %+v", got)
	}
	if got := failure.Diagnostics(failure.New("Planning failed", fmt.Errorf("%w, %w", a, b))); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}
