package diff_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Sets have 1012 bytes; nas keeps three.
func TestCompute_quotaIsOfTheHighestLevel(t *testing.T) {
	for name, c := range map[string]struct {
		w    func() *world
		peak int64
	}{
		"uploads before deletes": {func() *world {
			return newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...)
		}, 4 * 1012},
		"deletes first": {func() *world {
			return tight().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...)
		}, 3 * 1012},
		"deletes first, to trash": {func() *world {
			w := tight().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...)
			w.nas().TrashKeep = 1
			return w
		}, 4 * 1012},
		"what others hold counts": {func() *world {
			return newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(keyOf("Maggie", 3), state.Unmarked, "a:5000"))
		}, 5000 + 1012},
		"a started upload counts once": {func() *world {
			half := staged(set(key(21), state.Complete), false)
			half.Set.Files = filesOf("disk.vmdk:400")
			half.Files = append(filesOf("set/disk.vmdk:400"), state.File{Path: "claim", Size: 50})
			return newWorld().holds("vmx", sets(state.Complete, 21)...).stages(half)
		}, 1012 + 50},
		"trash is removed before": {func() *world {
			return newWorld().holds("vmx", sets(state.Complete, 21)...).
				trashes(trashed(set(key(2), state.Complete), "20261101T000000Z-000000000000", false))
		}, 1012},
		"several VMs side by side": {func() *world {
			return newWorld().holds("vmx", sets(state.Complete, 20, 21)...).holds("vmx", set(keyOf("Lisa", 21), state.Complete))
		}, 3 * 1012},
	} {
		w := c.w()
		w.nas().Quota = c.peak
		if _, err := diff.Compute(w.input()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w = c.w()
		w.nas().Quota = c.peak - 1
		if _, err := diff.Compute(w.input()); !errors.Is(err, diff.ErrQuota) || providers.Hint(err) == "" {
			t.Errorf("%s: got %v, want ErrQuota with a hint", name, err)
		}
	}
}

func TestCompute_quotaHindersNothingThatOnlyShrinks(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 17, 18, 19, 20, 21)...)
	w.nas().Quota = 1
	wantPlan(t, w.compute(t), "-remove nas/Bart/2026-11-17-010000", "-remove nas/Bart/2026-11-18-010000")
}

func TestCompute_destinationOverItsQuotaIsLeftOut(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(keyOf("Maggie", 3), state.Unmarked)).
		stages(staged(set(keyOf("Lisa", 18), state.Complete), false)).
		twice(config.Policy{KeepLast: 1, MinKeep: 1})
	w.nas().Quota, w.partial = 1500, true
	p := w.compute(t)
	wantPlan(t, p, "+upload usb/Bart/2026-11-21-010000")
	if got := p.Places[1].Unreachable; !strings.Contains(got, "more than its quota") {
		t.Errorf("nas is left out for %q", got)
	}
	wantNotice(t, p, "quota", "nas: has no part in this plan: it would hold more than its quota: 2.0 KiB now, up to 3.0 KiB while the plan is carried out, quota = 1.5 KiB.")
	for _, n := range p.Notices {
		if n.Scope == "nas" && n.Code != "quota" {
			t.Errorf("notice %q of a destination that is left out", n.Text)
		}
	}
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}
}
