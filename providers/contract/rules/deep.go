package rules

import (
	"context"
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

// longPath is the longest path, in bytes below the root, that is tried: Windows
// ends at 260, and no backup needs more.
const longPath = 1000

// keptDeep keeps a file below folders with names of 100 bytes, as deep as the place
// takes it. Of the lengths that it refuses it returns the last one; 0: none.
func keptDeep(ctx context.Context, t *trial.Trial) (name string, refused int) {
	longest := longPath
	if most := t.Store.Traits().PathBytes; most > 0 {
		longest = min(longest, most)
	}
	for ; ; longest -= longPath / 10 {
		name = deepName(t, longest)
		err := t.Put(ctx, name, bodies.Text("deep"))
		if errors.Is(err, providers.ErrName) && longest > longPath/5 {
			refused = longest
			continue
		}
		t.Must(err)
		t.Holds(ctx, name, bodies.Text("deep"))
		return name, refused
	}
}

func deepName(t *trial.Trial, longest int) string {
	name := "n"
	for left := longest - len(t.Path(name)); left >= 2; left = longest - len(t.Path(name)) {
		name = strings.Repeat("n", min(left-1, 100)) + "/" + name
	}
	return name
}
