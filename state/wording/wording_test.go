package wording_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/state/wording"
)

func TestCount(t *testing.T) {
	for want, got := range map[string]string{
		"0 sets": wording.Count(0, "set"), "1 set": wording.Count(1, "set"), "2 sets": wording.Count(2, "set"),
		"1 set is": wording.CountIs(1, "set"), "0 sets are": wording.CountIs(0, "set"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	for given, want := range map[string]string{"webb01": "web01", "wbe01": "web01", "db": "", "web1": "web01"} {
		if got := wording.Nearest(given, []string{"web01", "website"}); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", given, got, want)
		}
	}
}
