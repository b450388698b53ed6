package providers

import "context"

// SessionOpener is a store that can open sessions before they are needed: each takes several
// round trips to log in.
type SessionOpener interface {
	// OpenSessions opens sessions until n are open, as many as the place allows. They wait for
	// the next calls. What fails is tried again by the call that needs it.
	OpenSessions(ctx context.Context, n int)
}
