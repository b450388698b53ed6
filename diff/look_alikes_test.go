package diff_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
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
	w.spec.Guard.MinSizePercent = 0 // other.vmdk alone is not like the others
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000",
		"-remove nas/Bart/2026-11-18-010000", "-remove nas/Bart/2026-11-19-010000", "-remove nas/Bart/2026-11-20-010000")

	w.change("nas", func(inv *state.Inventory) { inv.LinksHidden = true })
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-20-010000")
	if got := notice(t, p, "untrusted"); !strings.Contains(got, "possibly a link") {
		t.Errorf("notice: %s", got)
	}
}

// What a replace moves aside is purged a week later, file by file, through the
// link as well.
func TestCompute_replacesNothingThatMayBeALink(t *testing.T) {
	linked := func(s state.State) state.Set {
		x := set(key(20), s, "other.vmdk", "prev/disk.vmdk")
		x.Dirs = []string{"prev"}
		return x
	}
	marked := linked(state.Damaged)
	marked.Marked = true
	for name, remote := range map[string]state.Set{
		"unmarked": linked(state.Unmarked), "damaged": linked(state.Damaged), "damaged, with a manifest": marked,
	} {
		w := newWorld().holds("vmx", sets(state.Complete, 20)...).holds("nas", remote)
		w.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
		wantPlan(t, w.compute(t), "~replace nas/Bart/2026-11-20-010000")
		w.change("nas", func(inv *state.Inventory) { inv.LinksHidden = true })
		if _, err := diff.Compute(w.input()); !errors.Is(err, diff.ErrReplace) || !strings.Contains(err.Error(), "may be a link") {
			t.Errorf("%s: %v, want %v", name, err, diff.ErrReplace)
		}
	}
}

// A manifest of its own in a folder without others is no link's.
func TestCompute_replacesADamagedSetThatIsItself(t *testing.T) {
	for _, c := range []struct {
		manifest *state.Manifest
		replaced bool
	}{{&state.Manifest{Key: key(20)}, true}, {&state.Manifest{Key: keyOf("Lisa", 20)}, false}, {nil, false}} {
		remote := set(key(20), state.Damaged, "other.vmdk")
		remote.Marked, remote.Manifest = true, c.manifest
		w := newWorld().holds("vmx", sets(state.Complete, 20)...).holds("nas", remote).
			change("nas", func(inv *state.Inventory) { inv.LinksHidden = true })
		w.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
		if _, err := diff.Compute(w.input()); c.replaced != (err == nil) {
			t.Errorf("with the manifest %+v: %v", c.manifest, err)
		}
	}
}

// A manifest names the set that it belongs to: it must be read, where the folder
// may be another's.
func TestUnproven_namesWhatAReplaceMovesAway(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 20)...).holds("nas", set(key(20), state.Complete, "other"))
	w.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
	if got := diff.Unproven(w.compute(t), w.inv)["nas"]; len(got) != 1 || got[0] != key(20) {
		t.Errorf("unproven: %v", got)
	}
}
