// Package logfile keeps the file that the log block names: whole lines, appended
// one write each, which only its user may read, and turned before it grows over
// its size: FILE becomes FILE.1, which becomes FILE.2, and the oldest goes.
//
// A log never stops the work. What cannot be written is counted in Err, and the
// next line is tried again.
//
//	f, err := logfile.Open(log)
//	logger := f.Logger()
//	logger.Log(ctx, logfile.Trace, "nas: 1> NOOP")
//	err = f.Close()
package logfile
