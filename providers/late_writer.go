package providers

import "time"

// LateWriter is a store on which an abandoned session may continue writing for a while:
// data that was sent to it is still in transit.
type LateWriter interface {
	// Lost is when the last upload to a path below dir was abandoned without a final
	// reply of the place; zero: none was.
	Lost(dir string) time.Time
	// GracePeriod is how long such an upload may continue writing.
	GracePeriod() time.Duration
}
