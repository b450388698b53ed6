package state_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/state"
)

func TestFormatBytes_hasOneDecimal(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 812: "812 B", 1023: "1023 B", 1024: "1.0 KiB", 3174: "3.1 KiB",
		1<<20 - 1: "1.0 MiB", 44238012416: "41.2 GiB", 1<<63 - 1: "8.0 EiB",
	} {
		if got := state.FormatBytes(n); got != want {
			t.Errorf("FormatBytes(%d) = %s, want %s", n, got, want)
		}
	}
}
