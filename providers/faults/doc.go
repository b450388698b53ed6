// Package faults wraps stores for tests: it counts every call, and makes the
// calls that a test names fail, lie or be the last ones of the process.
//
//	script := faults.New(faults.Crash(17, faults.After))
//	store := faults.Wrap(mem.New(nil), script)
//	... run the thing under test, as often as there are calls ...
//	if err := script.AllHit(); err != nil { t.Error(err) }
//
// One Script may count over several stores, and through Step over whatever
// else has an order with them, such as the writes of a journal. After a crash
// every call returns ErrCrashed, and the bodies and readers that are under way
// break off, so that the code under test can do nothing any more.
//
// A fault that never fired is a fault in the test: ask AllHit.
//
// It imports no testing and is for tests all the same.
package faults
