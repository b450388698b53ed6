package apply_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage wait longer: thousands of small worlds live for a moment each,
// and a third of the time went into the collection.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(768 << 20) // what they have seen stays
	os.Exit(m.Run())
}
