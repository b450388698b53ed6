package ftp

import "time"

// Lost is when an upload to a path below dir was given up.
func (s *Store) Lost(dir string) time.Time { return s.uploads.Abandoned.Below(dir) }

// GracePeriod is timeouts.io: no connection of ours lives longer without a byte.
func (s *Store) GracePeriod() time.Duration { return s.dialer.Waits.IO }
