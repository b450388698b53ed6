package listing_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/listing"
)

// A day or hour that no year has costs an entry its time, not the listing.
func TestLIST_keepsEntriesOfDaysThatAreNone(t *testing.T) {
	now := time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC) // 2025 and 2026 have no Feb 29
	for line, name := range map[string]string{
		"drwxr-xr-x 2 u g 4096 Feb 29 10:04 web01":               "web01",
		"drwxr-xr-x 2 u g 4096 Feb 29  2025 web01":               "web01",
		"-rw-r--r-- 1 u g 7 Jun 31 10:04 f":                      "f",
		"-rw-r--r-- 1 u g 7 Nov 3 24:00 f":                       "f",
		"-rw-r--r-- 1 u g 7 Nov 3 24:00:00 2025 f":               "f",
		"-rw-r--r-- 1 u g 7 2026-01-03 24:00 f":                  "f",
		"-rw-r--r-- 1 u g 7 31. Feb 2024 f":                      "f",
		"-rw-r--r-- 1 u g 7 Nov 31 2025 f":                       "f",
		"-rw-r--r-- 1 u g 7 Nov 31 2025 12 Nov 3 2025 with date": "12 Nov 3 2025 with date",
	} {
		f, err := listing.LIST(line, now)
		if err != nil || f.Path != name || !f.ModTime.IsZero() {
			t.Errorf("%s: got %+v, %v; want %q of no known time", line, f, err, name)
		}
	}
	f, err := listing.MLSD("type=file;size=3;modify=20250229100400; a")
	if err != nil || !f.ModTime.IsZero() {
		t.Errorf("MLSD: got %+v, %v", f, err)
	}
}
