// Package limit wraps a store so that content moves no faster than a rate.
//
//	pace := limit.NewPace(func(time.Time) int64 { return 2 << 20 }) // 2 MiB/s
//	store = limit.Wrap(store, pace)
//
// One Pace may stand for several stores that share a line. The rate is asked
// for again at every block, so that a timetable is a function of the time.
// Only content counts, in both directions: listings and commands pass at once.
//
// It never drops, reorders or buffers anything, and starts no goroutine.
package limit
