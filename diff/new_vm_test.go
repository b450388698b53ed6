package diff_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// A glob takes a VM in, and nobody may know.
func TestCompute_tellsOfANewVM(t *testing.T) {
	lisa := func(s state.State) state.Set { return set(keyOf("Lisa", 21), s) }
	inUse := func() *world {
		return newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...)
	}
	const isNew = "vmx: 1 VM (Lisa) is new: no destination holds anything of it yet."
	for name, c := range map[string]struct {
		w    *world
		want string
	}{
		"ready":           {inUse().holds("vmx", lisa(state.Complete)), isNew},
		"settling":        {inUse().holds("vmx", lisa(state.Settling)), isNew},
		"known":           {inUse().holds("vmx", lisa(state.Complete)).holds("nas", lisa(state.Complete)), ""},
		"of another tool": {inUse().holds("vmx", lisa(state.Complete)).holds("nas", lisa(state.Unmarked)), ""},
		"known at one":    {inUse().holds("vmx", lisa(state.Complete)).twice(config.Policy{KeepLast: 1}).holds("usb", lisa(state.Complete)), ""},
		"who knows":       {inUse().holds("vmx", lisa(state.Complete)).change("nas", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Lisa": "cut"} }), ""},
		"all are":         {inUse().holds("vmx", lisa(state.Complete)).change("nas", func(inv *state.Inventory) { inv.Owner = "" }), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, n := range c.w.compute(t).Notices {
				if n.Code == "new" {
					got += n.Text
				}
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
