// Package statedir is what a user's state directory remembers from one apply to the
// next, one file for each kind of memory.
//
//	dir := statedir.Find(os.LookupEnv, statedir.AccountHome)
//	used, err := dir.Used(location)      // places.go: this root was used before
//	sets := dir.Sent(location)           // sent.go: how the files were that were sent
//	record, err := dir.LastRun(config)   // runs.go: how the last apply ended
//
// Nothing in it is needed for safety: what is lost costs a reading, a warning or a hint.
// It prints nothing, and looks at no place.
package statedir
