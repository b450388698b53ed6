package providers

import "time"

// Straggler is a store on which a session that was given up may go on writing
// for a while: what it was sent is still under way.
type Straggler interface {
	// Lost is when the last upload to a path below dir was given up without a
	// last word of the place; zero: none was.
	Lost(dir string) time.Time
	// Linger is how long such an upload may go on writing.
	Linger() time.Duration
}
