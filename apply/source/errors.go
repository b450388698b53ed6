package source

import "errors"

// ErrChanged: a file or a set changed after the plan was made.
var ErrChanged = errors.New("changed at the source")

// Error is the error of a file of a source that could not be read or is not the
// planned one: the destination did not cause it.
type Error struct{ Err error }

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }
