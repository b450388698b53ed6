package retention

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state"
)

// period names the bucket of a candidate in the civil calendar: no zone and no
// DST, so that the name of a set alone decides. nil: each set is its own.
type period func(state.Stamp) string

// prefix is a period whose name is the begin of the stamp.
func prefix(n int) period {
	return func(s state.Stamp) string { return string(s[:min(n, len(s))]) }
}

var (
	hour  = prefix(len("2006-01-02-15"))
	day   = prefix(len("2006-01-02"))
	month = prefix(len("2006-01"))
	year  = prefix(len("2006"))
)

// week is the ISO 8601 week with its year: 2027-01-01 is in 2026-W53. It works
// out each day once, as long as candidates come in order.
func week() period {
	var last, name string
	return func(s state.Stamp) string {
		if d := day(s); d != last {
			y, w := s.Civil().ISOWeek()
			last, name = d, fmt.Sprintf("%04d-W%02d", y, w)
		}
		return name
	}
}
