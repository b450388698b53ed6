package step

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// ErrStale: the places are not as the plan saw them.
var ErrStale = errors.New("saved plan is stale")

var (
	errNotWhole = errors.New("the set is not complete")
	errChanged  = errors.New("changed since the plan was made")
)

// Error names the step and the change that failed. Its text is escaped.
type Error struct {
	Address string
	Op      diff.Op
	Path    string
	Err     error
}

func (e *Error) Error() string {
	why := fmt.Sprintf("%s: %v", e.Address, e.Err)
	if !strings.Contains(why, fmt.Sprintf(": %s ", e.Op)) || !strings.Contains(why, e.Path) { // the error of a store may contain both
		why = fmt.Sprintf("%s: %s %s: %v", e.Address, e.Op, e.Path, e.Err)
	}
	return providers.EscapeLines(why)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
