package ftp_test

import (
	"fmt"
	"testing"
)

// goftp lists nothing of a folder when an entry is removed between its reading
// of the folder and its look at the entry. Such a folder is listed again; one
// that is refused with the same words each time is not.
func TestList_entryRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		removals int
		listings int
		fails    bool
	}{
		{"three were removed", 3, 4, false},
		{"one cannot be looked at", 0, 2, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			listings := 0
			s := newScript(t, verbs{"FEAT": without, "LIST": func(s *scripted) string {
				listings++
				if test.removals > 0 && listings > test.removals {
					return s.send("-rw-r--r-- 1 u g 3 Nov 3 2025 kept\r\n-rw-r--r-- 1 u g 3 Nov 3 2025 other\r\n", "226 done")
				}
				return fmt.Sprintf("550 lstat /root/dir/n%d: no such file or directory", min(listings, test.removals))
			}})
			files, err := open(t, s.settings(), "x").List(t.Context(), "dir")
			if (err != nil) != test.fails {
				t.Fatalf("%v, %v", files, err)
			}
			if listings < test.listings {
				t.Errorf("listed %d times, want at least %d", listings, test.listings)
			}
		})
	}
}
