package upload

import "errors"

// ErrIsDir is the error of a file that is a directory at the server.
var ErrIsDir = errors.New("is a directory")

// Vanished is an upload that was acknowledged, of a file that is not there.
type Vanished struct{ err error }

func (v *Vanished) Error() string {
	return "the server acknowledged the upload, but the file does not exist: " + v.err.Error()
}
func (v *Vanished) Unwrap() error { return v.err }

// VanishedHint is the way out of it.
const VanishedHint = "Something on the server deletes or moves uploads, or stores them elsewhere: check its log, a virus scanner, a quota, and the folder in `root`."
