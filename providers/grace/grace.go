package grace

import (
	"context"
	"time"
)

// Period is less than what services get to end: 90 s of systemd, 30 s of Kubernetes. It is
// spent only where a server does not answer.
const Period = 20 * time.Second

// Context is ctx as long as it is not done, and then one of its own, which ends after Period.
func Context(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return ctx, func() {}
	}
	return Detached(ctx)
}

// Detached ends after Period, and not with ctx: for a work that an interrupt must not cut in
// the middle.
func Detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), Period)
}
