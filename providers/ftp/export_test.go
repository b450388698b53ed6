package ftp

import "context"

// DoNotPause lets the tries of a call follow each other at once.
func DoNotPause(s *Store) {
	s.pause = func(ctx context.Context, _ int) error { return ctx.Err() }
}

// The parsers of listing lines.
var (
	ParseMLSD    = parseMLSD
	ParseLIST    = parseLIST
	ParseListing = parseListing
)
