package ftptest_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// TestReal_available says in one line each which servers cannot be run here:
// make test shows it, since go test hides what was skipped.
func TestReal_available(t *testing.T) {
	for _, real := range ftptest.Real() {
		if err := ftptest.Available(real.Name); err != nil {
			t.Log(err)
		}
	}
}
