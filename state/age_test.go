package state_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

func TestFormatAge_hasOneUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "in the future", 0: "0 min", 59 * time.Minute: "59 min", 47 * time.Hour: "47 h", 71 * time.Hour: "2 d",
	} {
		if got := state.FormatAge(d); got != want {
			t.Errorf("FormatAge(%s) = %s, want %s", d, got, want)
		}
	}
}
