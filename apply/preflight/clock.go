package preflight

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// How far the clock of a destination may differ from ours before that is reported, and
// before nothing is deleted there: the plan decided by our clock alone which sets are
// old or in the future.
const (
	SkewTold  = time.Hour
	SkewHolds = 24 * time.Hour
)

// Skew compares the time at which a destination stored a file just now with our clock. by
// is positive where the destination is ahead, and 0 where the difference is not worth a
// report. The error is why nothing may be deleted there.
func Skew(stored, now time.Time) (by time.Duration, err error) {
	by = stored.Sub(now).Round(time.Second)
	if stored.IsZero() || by.Abs() <= SkewTold {
		return 0, nil
	}
	if by.Abs() > SkewHolds {
		err = providers.WithHint(fmt.Errorf("the clocks of the destination and of this machine differ by %s (limit %s); nothing is deleted until this is fixed", by.Abs(), SkewHolds),
			"Set the clock of this machine or of the server, then plan again.")
	}
	return by, err
}
