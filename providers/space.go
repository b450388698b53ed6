package providers

import "context"

// Spacer is a store that may know how much room is left.
type Spacer interface {
	// Free is how many bytes may still be written below the root. Where the
	// place does not tell, the error wraps errors.ErrUnsupported.
	Free(ctx context.Context) (int64, error)
}
