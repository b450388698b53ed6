// Package lastrun is the record of the last apply of a configuration: when it
// began, how far it has come, how it ended. A record that has no end, of an apply
// that is not running any more, is that of a run that was killed, or of a machine
// that lost power. Nobody else can report that but the next run.
//
//	r := lastrun.Record{Name: "berlin", Began: time.Now()}
//	err := lastrun.Write(path, r)
//
// A record is one small JSON document, replaced as a whole. Whether its apply is
// running is not in it: that is a lock, which the kernel frees. Nothing here decides
// anything, and a record that cannot be read is no reason to fail.
package lastrun
