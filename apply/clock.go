package apply

import (
	"context"
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// How far the clock of a destination may differ from ours before that is reported, and
// before nothing is deleted there: the plan decided by our clock alone which sets are
// old or in the future.
const (
	skewTold  = time.Hour
	skewHolds = 24 * time.Hour
)

// compareClocks compares the time at which the destination stored the lock file with
// our clock. A destination that reports no time, or only the day, is not compared.
func (x *executor) compareClocks(ctx context.Context, p diff.Place, l *lock.Lock) error {
	if x.opts.Stores[p.Name].Traits().TimeStep >= skewTold {
		return nil
	}
	at, err := l.Written(ctx)
	if err != nil {
		return ctx.Err() // the lock is listed before every step
	}
	by := at.Sub(x.opts.Now()).Round(time.Second)
	if at.IsZero() || by.Abs() <= skewTold {
		return nil
	}
	x.tell(Skewed{p.Name, by})
	if by.Abs() > skewHolds {
		x.skewed[p.Name] = providers.WithHint(fmt.Errorf("the clocks of the destination and of this machine differ by %s (limit %s); nothing is deleted until this is fixed", by.Abs(), skewHolds),
			"Set the clock of this machine or of the server, then plan again.")
	}
	return nil
}
