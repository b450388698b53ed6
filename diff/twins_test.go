package diff_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state"
)

// Where a server lists a link as a folder, a delete through it emptied another
// VM's only set.
func TestCompute_trustsNothingThatMayBeALink(t *testing.T) {
	linked := set(key(18), state.Unmarked)
	linked.Dirs = []string{"prev"}
	twin := set(keyOf("Lisa", 18), state.Unmarked)
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).
		holds("nas", linked, set(key(19), state.Unmarked), set(key(20), state.Unmarked, "other.vmdk"), twin)
	w.nas().TrustUnmarked = true
	w.standard().KeepLast = 1
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000",
		"-remove nas/Bart/2026-11-18-010000", "-remove nas/Bart/2026-11-19-010000", "-remove nas/Bart/2026-11-20-010000")

	w.change("nas", func(inv *state.Inventory) { inv.LinksHidden = true })
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-20-010000")
	if got := notice(t, p, "untrusted"); !strings.Contains(got, "possibly a link") {
		t.Errorf("notice: %s", got)
	}
}
