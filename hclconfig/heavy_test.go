package hclconfig_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers/providertest"
)

// skipHeavy leaves out what one goroutine computes for seconds: the race detector
// has nothing to see there.
func skipHeavy(t *testing.T) {
	if providertest.Thin() {
		t.Skip("takes long, and is run without the race detector")
	}
}
