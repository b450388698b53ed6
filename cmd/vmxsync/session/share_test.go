package session

import (
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
)

// Two blocks of one destination share the time of an apply: the one whose sets wait longest
// begins, or the second would never have its turn.
func TestSharesByPlace_oldestProofFirst(t *testing.T) {
	night := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	share := func(destination, backup string, proven time.Time) diff.Share {
		return diff.Share{Destination: destination, Backup: backup, Reads: []diff.Read{{Proven: proven}}}
	}
	places := sharesByPlace(&diff.Plan{Verify: []diff.Share{
		share("nas", "young", night), share("usb", "only", night), share("nas", "old", night.AddDate(0, 0, -9)), share("nas", "never", time.Time{}), {Destination: "nas", Backup: "nothing due"},
	}})
	var order []string
	for _, shares := range places {
		for _, s := range shares {
			order = append(order, s.Destination+" "+s.Backup)
		}
	}
	want := []string{"nas never", "nas old", "nas young", "usb only"}
	if !slices.Equal(order, want) {
		t.Errorf("got %q, want %q", order, want)
	}
}
