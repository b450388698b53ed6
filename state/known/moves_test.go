package known_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/state/known"
)

func TestMoves_cover(t *testing.T) {
	for _, c := range []struct {
		seen, want known.Moves
		covers     bool
	}{
		{"", known.MovesFiles, false},
		{"", known.MovesFolders, false},
		{known.MovesFiles, known.MovesFiles, true},
		{known.MovesFiles, known.MovesFolders, false},
		{known.MovesFolders, known.MovesFiles, true},
		{known.MovesFiles, "", true},
	} {
		if got := c.seen.Cover(c.want); got != c.covers {
			t.Errorf("%q covers %q: got %v", c.seen, c.want, got)
		}
	}
}
