package apply

import (
	"context"
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// How far the clock of a destination may be from ours before that is told, and
// before nothing is deleted there: what is old, and what is in the future, was
// decided by our clock alone.
const (
	skewTold  = time.Hour
	skewHolds = 24 * time.Hour
)

// compareClocks asks when a destination says that it stored what was just
// written there. One that tells no time, or only the day, is not compared.
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
