package providertest

import "testing"

// Thin reports whether a test tries some of its cases instead of all: with -short,
// and under the race detector, under which the same code takes four to ten times as
// long, and which finds what two goroutines do to each other in a few cases as well
// as in all. make test runs all cases without it first.
func Thin() bool { return testing.Short() || raceDetector }

// SkipIfRacing skips a test in which one goroutine computes for long under the race
// detector, which finds nothing there.
func SkipIfRacing(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("one goroutine that computes: tried without the race detector")
	}
}
