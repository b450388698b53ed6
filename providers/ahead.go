package providers

import "context"

// Ahead is a place that can list several folders in less time than one after the other.
type Ahead interface {
	// ListAhead lists folders as List does, in their order. What it could not list, or is
	// not sure of, is nil; who needs it asks List, which has the error.
	ListAhead(ctx context.Context, dirs []string) [][]File
}
