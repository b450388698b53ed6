package diff_test

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"

	_ "pgregory.net/rapid" // its flags

	"github.com/vmxsync/vmxsync/providers/providertest"
)

// TestMain draws fewer worlds for the properties where tests are thin.
func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400) // many small worlds, each for a moment
	if providertest.Thin() {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
