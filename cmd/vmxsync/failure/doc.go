// Package failure gives errors the form in which people read them: a summary, a detail
// and a hint, which is the next step; and the exit code of a command.
//
//	return failure.New("The plan cannot be saved", failure.Hinted(err, "Free some space."))
//	return failure.Usage(errors.New("-out is empty"), "Name a file.")
//	for _, d := range failure.Diagnostics(err) { ... }
//	os.Exit(failure.ExitCode(err))
//
// It prints nothing.
package failure
