package apply

import "errors"

// ErrSourceChanged: a file or a set changed after the plan was made.
var ErrSourceChanged = errors.New("changed at the source")

// SourceError is the error of a file of a source that could not be read or is not the
// planned one: the destination did not cause it.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return e.Err.Error() }

func (e *SourceError) Unwrap() error { return e.Err }
