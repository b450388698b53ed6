package state

import "time"

// maxAhead is how far ahead the clock of another machine may be.
const maxAhead = 24 * time.Hour

// IsAhead reports whether a time is further in the future than clocks differ: what is recorded
// as of then was recorded by a clock that was wrong, and would count for as long as it was wrong.
func IsAhead(at, now time.Time) bool { return at.After(now.Add(maxAhead)) }
