package ftp

// vanished is an upload that was acknowledged, of a file that is not there.
type vanished struct{ err error }

func (v *vanished) Error() string {
	return "the server acknowledged the upload, but the file does not exist: " + v.err.Error()
}
func (v *vanished) Unwrap() error { return v.err }

const vanishedHint = "Something on the server deletes or moves uploads, or stores them elsewhere: check its log, a virus scanner, a quota, and the folder in `root`."
