package diff_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/state"
)

// What was saved of the places gives the plan that they give themselves.
func TestCompute_saysTheSameOfASavedInventory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		drawFlags(t, &w.options)
		if namesNothing(w) {
			w.options.Target, w.options.Exclude = nil, nil
		}
		want := documentOf(t, w)
		for place, inv := range w.inv {
			doc, err := json.Marshal(inv)
			if err != nil {
				t.Fatal(err)
			}
			var back state.Inventory
			if err := json.Unmarshal(doc, &back); err != nil {
				t.Fatal(err)
			}
			w.inv[place] = back
		}
		if got := documentOf(t, w); !bytes.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func documentOf(t *rapid.T, w *world) []byte {
	data, err := json.Marshal(computed(t, w))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
