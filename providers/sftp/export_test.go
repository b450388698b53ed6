package sftp

import (
	"context"
	"io"
)

// DoNotPause lets a store try again at once.
func DoNotPause(s *Store) {
	s.retry.Pause = func(ctx context.Context, _ int) error { return ctx.Err() }
}

// IsWatched reports whether the session of a reader would end where nothing moves.
func IsWatched(r io.Reader) bool {
	watch := &r.(*reader).loan.Session.watch
	watch.mu.Lock()
	defer watch.mu.Unlock()
	return watch.timer != nil
}
