package providers

import "context"

// SpaceReporter is a store that may know how much space is free.
type SpaceReporter interface {
	// Free is how many bytes may still be written below the root. Where the
	// place does not tell, the error wraps errors.ErrUnsupported.
	FreeBytes(ctx context.Context) (int64, error)
}
