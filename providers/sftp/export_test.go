package sftp

import (
	"context"
	"io"
)

// DoNotPause lets a store try again at once.
func DoNotPause(s *Store) {
	s.retry.Pause = func(ctx context.Context, _ int) error { return ctx.Err() }
}

// PauseUntil lets a store wait for an event before it tries again.
func PauseUntil(s *Store, event <-chan struct{}) {
	s.retry.Pause = func(ctx context.Context, _ int) error {
		select {
		case <-event:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// IsWatched reports whether the session of a reader would end where nothing moves.
func IsWatched(r io.Reader) bool {
	return r.(*reader).loan.Session.Watch.Running()
}
