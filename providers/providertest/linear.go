package providertest

import (
	"runtime"
	"testing"
)

// Linear fails the test if the work for 2n of something allocates more than two and a half
// times as many bytes as that for n: bytes are counted, and the same on every machine. The
// test must not run in parallel with others.
func Linear(t testing.TB, n int, work func(n int) func()) {
	t.Helper()
	if raceDetector {
		t.Skip("bytes are counted without the race detector, which lets pools forget what they hold")
	}
	once, twice := Allocated(work(n)), Allocated(work(2*n))
	t.Logf("%d: %d bytes, %d: %d bytes", n, once, 2*n, twice)
	if 2*twice > 5*once {
		t.Errorf("%d bytes are allocated for %d, and %d for %d: more than in proportion", once, n, twice, 2*n)
	}
}

// Allocated is how many bytes a call allocates, whether or not they are freed again.
func Allocated(do func()) uint64 {
	do() // what is made once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
