package diff_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// nights are complete sets of a VM, of the first so many nights of the month.
func nights(vm string, n int) []state.Set {
	var list []state.Set
	for day := 1; day <= n; day++ {
		list = append(list, set(keyOf(vm, day), state.Complete))
	}
	return list
}

// shrinking is a world where nas holds so many sets of a VM, the last of which
// is at the source as well.
func shrinking(held map[string]int) *world {
	w := newWorld()
	for vm, n := range held {
		w.holds("nas", nights(vm, n)...).holds("vmx", set(keyOf(vm, n), state.Complete))
	}
	return w
}

func limit(n int) *int { return &n }

// refusals writes them as "rule scope".
func refusals(list []diff.Refusal) []string {
	var out []string
	for _, r := range list {
		out = append(out, strings.TrimSpace(r.Rule+" "+r.Scope))
	}
	return out
}

func wantRefused(t *testing.T, p *diff.Plan, want ...string) {
	t.Helper()
	if got := refusals(p.Guard.Refusals); !slices.Equal(got, want) {
		t.Errorf("refused for %q, want %q; losses %+v", got, want, p.Guard.Losses)
	}
	if p.Refused() != (len(want) > 0) {
		t.Errorf("Refused is %v with %q", p.Refused(), want)
	}
}

func TestGuard_refusesALossAboveThePercentageAndOfMinLoss(t *testing.T) {
	usual := config.DefaultGuard()
	for _, c := range []struct {
		before, after int
		guard         config.Guard
		refused       bool
	}{
		{10, 7, usual, false}, // exactly 30 %
		{9, 6, usual, true},
		{10, 6, usual, true},
		{5, 3, usual, false}, // 40 %, but two sets
		{5, 2, usual, true},  // exactly three
		{4, 1, usual, true},
		{20, 14, usual, false},
		{20, 13, usual, true},
		{10, 10, usual, false},
		{10, 9, config.Guard{MinLoss: 1}, true},
		{20, 17, config.Guard{MinLoss: 3}, true},
		{20, 18, config.Guard{MinLoss: 3}, false},
		{20, 1, config.Guard{MaxShrinkPercent: 100, MinLoss: 1}, false},
		{2, 1, config.Guard{MaxShrinkPercent: 50, MinLoss: 1}, false},
		{2, 1, config.Guard{MaxShrinkPercent: 49, MinLoss: 1}, true},
	} {
		w := shrinking(map[string]int{"Bart": c.before})
		w.spec.Guard, w.standard().KeepLast = c.guard, c.after
		p := w.compute(t)
		var want []string
		if c.refused {
			want = []string{"max_shrink_percent nas", "max_shrink_percent nas/Bart"}
		}
		wantRefused(t, p, want...)
		if lost := c.before - c.after; lost > 0 {
			want := diff.Loss{Scope: "nas/Bart", Before: c.before, After: c.after, Deletes: lost}
			if got := p.Guard.Losses[1]; got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	}
}

func TestGuard_nightlyRotationLosesNothing(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 18, 19, 20)...).holds("vmx", sets(state.Complete, 21)...)
	w.spec.Guard = config.Guard{MinLoss: 1}
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-18-010000")
	wantRefused(t, p)
	if got, want := p.Guard.Losses[1], (diff.Loss{Scope: "nas/Bart", Before: 3, After: 3, Deletes: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestGuard_judgesEachVMAndTheWholeDestination(t *testing.T) {
	one := shrinking(map[string]int{"Bart": 4, "Lisa": 1})
	one.holds("nas", nights("Maggie", 20)...) // an orphan: kept, and counted
	one.standard().KeepLast = 1
	wantRefused(t, one.compute(t), "max_shrink_percent nas/Bart")

	all := shrinking(map[string]int{"Bart": 3, "Lisa": 3, "Marge": 3})
	all.standard().KeepLast = 1
	wantRefused(t, all.compute(t), "max_shrink_percent nas")

	all.holds("nas", nights("Maggie", 20)...)
	wantRefused(t, all.compute(t)) // 6 of 29
}

func TestGuard_judgesEachDestinationAlone(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 4}).holds("usb", nights("Bart", 4)...)
	usb := *w.nas()
	usb.Name, usb.Settings = "usb", where{"/mnt/usb"}
	w.spec.Destinations = append(w.spec.Destinations, usb)
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "one", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].Copies = append(w.spec.Backups[0].Copies, config.Copy{Destination: "usb", Policy: "one"})
	w.change("usb", func(inv *state.Inventory) { inv.Place, inv.Owner = "usb", "site" })
	p := w.compute(t)
	wantRefused(t, p, "max_shrink_percent usb", "max_shrink_percent usb/Bart")
	if got, want := say(p.HoldBack()), []string{"-remove nas/Bart/2026-11-01-010000"}; !slices.Equal(got, want) {
		t.Errorf("with the deletes of usb held back: got %q, want %q", got, want)
	}
}

func TestGuard_whatAReplaceTakesAwayCountsAsADelete(t *testing.T) {
	w := newWorld().holds("nas", nights("Bart", 5)...).holds("nas", set(key(6), state.Unmarked, "disk.vmdk:17")).holds("vmx", sets(state.Complete, 6)...)
	p := w.compute(t)
	wantRefused(t, p, "max_shrink_percent nas", "max_shrink_percent nas/Bart")
	if got, want := p.Guard.Losses[1], (diff.Loss{Scope: "nas/Bart", Before: 6, After: 3, Deletes: 4}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	held := p.HoldBack()
	wantPlan(t, held)
	if got := held.Kept[len(held.Kept)-1]; got.Address != "nas/Bart/2026-11-03-010000" {
		t.Errorf("kept last: %+v", got)
	}

	w = newWorld().holds("nas", set(key(6), state.Unmarked, "disk.vmdk:17")).holds("vmx", sets(state.Complete, 6)...)
	w.spec.Guard.MaxDeletes = limit(0)
	wantRefused(t, w.compute(t), "max_deletes")
	w.spec.Guard.MaxDeletes, w.spec.Backups[0].PreventDestroy = limit(1), true
	wantRefused(t, w.compute(t), "prevent_destroy nas/Bart")
}

func TestGuard_whatComesToCountMakesUpForALoss(t *testing.T) {
	w := newWorld().holds("nas", nights("Bart", 3)...).
		holds("nas", set(key(4), state.Unmarked)).holds("vmx", sets(state.Complete, 4, 5)...). // adopted, uploaded
		stages(staged(set(key(6), state.Complete), true))                                      // published
	p := w.compute(t)
	wantPlan(t, p, "+publish nas/Bart/2026-11-06-010000", "+upload nas/Bart/2026-11-05-010000", "~adopt nas/Bart/2026-11-04-010000",
		"-remove nas/Bart/2026-11-01-010000", "-remove nas/Bart/2026-11-02-010000", "-remove nas/Bart/2026-11-03-010000")
	wantRefused(t, p)
}

func TestGuard_countsUnmarkedSetsThatAreTrusted(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 9)...)
	for day := 1; day <= 9; day++ {
		w.holds("nas", set(key(day), state.Unmarked))
	}
	w.nas().TrustUnmarked = true
	wantRefused(t, w.compute(t), "max_shrink_percent nas", "max_shrink_percent nas/Bart")
}

func TestGuard_maxDeletesIsOfThePlan(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 4, "Lisa": 4})
	for deletes, want := range map[int][]string{0: {"max_deletes"}, 1: {"max_deletes"}, 2: nil} {
		w.spec.Guard.MaxDeletes = limit(deletes)
		p := w.compute(t)
		wantRefused(t, p, want...)
		if want != nil {
			wantPlan(t, p.HoldBack())
		}
	}
}

// A local set that goes is a delete of the plan, and no loss of a destination.
func TestGuard_whatIsPrunedCountsForMaxDeletesAlone(t *testing.T) {
	w := pruning().holds("nas", nights("Bart", 4)...).holds("vmx", nights("Bart", 4)...)
	for i := range w.inv["nas"].Sets {
		w.inv["nas"].Sets[i].Manifest = &state.Manifest{}
	}
	w.spec.Guard.MaxDeletes = limit(3)
	p := w.compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-01-010000", "-prune vmx/Bart/2026-11-01-010000", "-prune vmx/Bart/2026-11-02-010000", "-prune vmx/Bart/2026-11-03-010000")
	wantRefused(t, p, "max_deletes")
	held := p.HoldBack()
	wantPlan(t, held)
	if _, err := planfile.Open(seal(t, held, nil), nil); err != nil {
		t.Errorf("Open without any delete: %v", err)
	}

	w.spec.Guard, w.spec.Backups[0].PreventDestroy = config.DefaultGuard(), true
	p = w.compute(t)
	wantRefused(t, p, "prevent_destroy nas/Bart")
	if got, want := p.Guard.Losses, (diff.Loss{Scope: "nas/Bart", Before: 4, After: 3, Deletes: 1, Backup: "default"}); len(got) != 2 || got[1] != want {
		t.Errorf("got losses %+v, want those of nas and %+v", got, want)
	}
	held = p.HoldBack()
	wantPlan(t, held, "-prune vmx/Bart/2026-11-01-010000", "-prune vmx/Bart/2026-11-02-010000", "-prune vmx/Bart/2026-11-03-010000")
	if place, _ := held.Place("nas"); len(place.Observed) != 1 || len(held.Groups) != 1 {
		t.Errorf("what justifies a prune is not looked at: %+v, %+v", place.Observed, held.Groups)
	}
	if _, err := planfile.Open(seal(t, held, nil), nil); err != nil {
		t.Errorf("Open without the delete at nas: %v", err)
	}
}

func TestGuard_preventDestroyRefusesTheDeletesOfItsBackup(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 4, "Lisa": 4})
	w.spec.Backups = append(w.spec.Backups, w.spec.Backups[0])
	w.spec.Backups[1].Name, w.spec.Backups[1].VMs, w.spec.Backups[1].PreventDestroy = "kids", []string{"Lisa"}, true
	w.holds("vmx", set(keyOf("Lisa", 5), state.Complete))
	p := w.compute(t)
	wantRefused(t, p, "prevent_destroy nas/Lisa")
	wantPlan(t, p.HoldBack(), "-remove nas/Bart/2026-11-01-010000", "+upload nas/Lisa/2026-11-05-010000")
}

func TestGuard_ourOwnLeftoversAreNoDeletes(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 20)...).holds("vmx", sets(state.Complete, 20)...).
		stages(staged(set(key(18), state.Complete), false)).
		trashes(trashed(set(key(2), state.Complete), "20261101T000000Z-000000000000", false))
	w.spec.Guard.MaxDeletes, w.spec.Backups[0].PreventDestroy = limit(0), true
	p := w.compute(t)
	if len(p.Cleanups) != 2 {
		t.Fatalf("got %q, want two cleanups", say(p))
	}
	wantRefused(t, p)
}

// What does not count at its final name is no loss, but its delete is one.
func TestGuard_deletesOfWhatDoesNotCountLoseNothing(t *testing.T) {
	whole := newWorld().holds("nas", nights("Bart", 5)...).holds("vmx", sets(state.Complete, 5)...).stages(staged(set(keyOf("Bart", 1), state.Complete), true))
	whole.inv["nas"].Sets[0].Key = keyOf("Abe", 1) // so that Bart's first is in staging only
	whole.inv["nas"].Sets[0].Path = keyOf("Abe", 1).String()
	p := whole.compute(t)
	if got, want := p.Guard.Losses[1], (diff.Loss{Scope: "nas/Bart", Before: 4, After: 3, Deletes: 2}); got != want {
		t.Errorf("whole in staging: got %+v, want %+v of %q", got, want, say(p))
	}
	begun, claim := begunOf(set(key(1), state.Incomplete))
	inPlace := newWorld().holds("nas", sets(state.Complete, 19, 20, 21)...).holds("vmx", sets(state.Complete, 21)...).holds("nas", begun).stages(claim)
	inPlace.nas().Publish = config.InPlace
	p = inPlace.compute(t)
	if got, want := p.Guard.Losses[1], (diff.Loss{Scope: "nas/Bart", Before: 3, After: 3, Deletes: 1}); got != want {
		t.Errorf("begun in place: got %+v, want %+v of %q", got, want, say(p))
	}
}

func TestGuard_allowShrinkLiftsAllButPreventDestroy(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 10})
	w.spec.Guard.MaxDeletes, w.shrink = limit(6), true
	p := w.compute(t)
	wantRefused(t, p)
	if got, want := refusals(p.Guard.Lifted), []string{"max_deletes", "max_shrink_percent nas", "max_shrink_percent nas/Bart"}; !slices.Equal(got, want) || !p.Options.AllowShrink {
		t.Errorf("lifted %q, want %q; options %+v", got, want, p.Options)
	}
	w.spec.Backups[0].PreventDestroy = true
	wantRefused(t, w.compute(t), "prevent_destroy nas/Bart")
}

func TestGuard_says(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 10})
	w.spec.Guard.MaxDeletes, w.spec.Backups[0].PreventDestroy = limit(1), true
	g := w.compute(t).Guard
	var got []string
	for _, r := range g.Refusals {
		got = append(got, g.Say(r))
	}
	want := []string{
		"7 deletes are planned; max_deletes is 1",
		"nas: 10 -> 3 complete sets, 70 % lost; max_shrink_percent is 30",
		"nas/Bart: 10 -> 3 complete sets, 70 % lost; max_shrink_percent is 30",
		`nas/Bart: 7 deletes are planned; backup "default" has prevent_destroy = true`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	third := diff.Refusal{Rule: diff.ShrinkRule, Loss: diff.Loss{Scope: "nas", Before: 3, After: 2}}
	if got, want := g.Say(third), "nas: 3 -> 2 complete sets, 33.4 % lost; max_shrink_percent is 30"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHoldBack_leavesTheDeletesOfRefusedScopesAndDoesAllElse(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 10, "Lisa": 4, "Maggie": 4})
	w.holds("nas", nights("Abe", 21)...).holds("vmx", set(keyOf("Bart", 11), state.Complete))
	p := w.compute(t)
	wantRefused(t, p, "max_shrink_percent nas/Bart")
	held := p.HoldBack()
	wantPlan(t, held, "+upload nas/Bart/2026-11-11-010000", "-remove nas/Lisa/2026-11-01-010000", "-remove nas/Maggie/2026-11-01-010000")
	if held.Refused() || len(held.Guard.Waiting) != 8 || held.Guard.Waiting[0] != "nas/Bart/2026-11-01-010000" {
		t.Errorf("refused: %v, waiting %q", held.Refused(), held.Guard.Waiting)
	}
	if got, want := held.Summary, (diff.Summary{Add: 1, Destroy: 2, Unchanged: p.Summary.Unchanged + 8, UploadBytes: 1012, FreeBytes: 2024}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	last := held.Kept[len(held.Kept)-1]
	if last.Address != "nas/Bart/2026-11-08-010000" || last.State != state.Complete || last.Reasons[0].Text != "a guard holds its delete back" {
		t.Errorf("kept last: %+v", last)
	}
	if len(p.Changes) != 11 || !p.Refused() {
		t.Errorf("the plan itself was changed: %q", say(p))
	}
	if _, err := planfile.Open(seal(t, held, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}
	if again := held.HoldBack(); again != held {
		t.Errorf("held back twice: %q", say(again))
	}
}

func TestHoldBack_touchesNoScopeThatIsLeftAlone(t *testing.T) {
	held := shrinking(map[string]int{"Bart": 10, "Lisa": 4}).compute(t).HoldBack()
	wantPlan(t, held) // nas as a whole is refused
	if place, _ := held.Place("nas"); len(held.Groups)+len(place.Observed) != 0 {
		t.Errorf("groups %+v, observed %+v", held.Groups, place.Observed)
	}
}

func TestHoldBack_leavesWhatIsStagedOfASetThatStays(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 10})
	w.stages(staged(set(key(1), state.Complete), true), staged(set(key(12), state.Complete), false))
	p := w.compute(t)
	wantPlan(t, p.HoldBack())
	if len(p.Cleanups) == 0 {
		t.Errorf("the world is not busy: %q", say(p))
	}
}

// Where an upload needs the room of a delete, it waits with it.
func TestHoldBack_leavesWhatNeedsADelete(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 10, "Abe": 1})
	w.holds("vmx", set(keyOf("Bart", 11), state.Complete), set(keyOf("Abe", 2), state.Complete))
	p := w.compute(t)
	crowded(p, 11, 12)
	held := p.HoldBack()
	wantPlan(t, held, "+upload nas/Abe/2026-11-02-010000")
	wantNotice(t, held, "waits", "nas: 1 upload waits for deletes that a guard holds back (Bart/2026-11-11-010000).")
	if _, err := planfile.Open(seal(t, held, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}
}

// Room that held deletes do not make is taken by no upload: first by none of
// their group, and then by none at the destination.
func TestHoldBack_staysWithinTheQuota(t *testing.T) {
	bart := []string{"+upload nas/Bart/2026-11-04-010000"}
	lisa := []string{"-remove nas/Lisa/2026-11-01-010000", "+upload nas/Lisa/2026-11-04-010000"}
	for _, c := range []struct {
		quota int64
		want  []string
	}{
		{7 * 1012, slices.Concat(bart, lisa)}, // 6 now, 1 of Bart comes, 1 of Lisa goes and comes
		{7*1012 - 1, lisa},
		{6 * 1012, lisa},
	} {
		w := tight().holds("nas", nights("Bart", 3)...).holds("nas", nights("Lisa", 3)...).
			holds("vmx", set(keyOf("Bart", 4), state.Complete), set(keyOf("Lisa", 4), state.Complete))
		w.spec.Backups = append(w.spec.Backups, w.spec.Backups[0])
		w.spec.Backups[1].Name, w.spec.Backups[1].VMs, w.spec.Backups[1].PreventDestroy = "bart", []string{"Bart"}, true
		w.nas().Quota = c.quota
		held := w.compute(t).HoldBack()
		wantPlan(t, held, c.want...)
		if len(c.want) < 3 {
			wantNotice(t, held, "waits", "nas: 1 upload waits for deletes that a guard holds back (Bart/2026-11-04-010000).")
		}
		if _, err := planfile.Open(seal(t, held, nil), nil); err != nil {
			t.Errorf("Open: %v", err)
		}
	}

	// what goes of Bart was to make room for what comes of Lisa
	w := tight().holds("nas", set(keyOf("Bart", 1), state.Complete, "disk.vmdk:5000")).holds("nas", nights("Bart", 4)[1:]...).holds("nas", nights("Lisa", 3)...).
		holds("vmx", set(keyOf("Bart", 5), state.Complete), set(keyOf("Lisa", 4), state.Complete, "disk.vmdk:4000"))
	w.spec.Backups = append(w.spec.Backups, w.spec.Backups[0])
	w.spec.Backups[1].Name, w.spec.Backups[1].VMs, w.spec.Backups[1].PreventDestroy = "bart", []string{"Bart"}, true
	w.nas().Quota = 5000 + 6*1012
	w.spec.Guard.MinSizePercent = 0 // Bart's first set holds five times as much as the others
	p := w.compute(t)
	if len(p.Changes) != 5 {
		t.Fatalf("got %q", say(p))
	}
	held := p.HoldBack()
	wantPlan(t, held)
	wantNotice(t, held, "waits", "nas: 2 uploads wait for deletes that a guard holds back (Bart/2026-11-05-010000).")
	if _, err := planfile.Open(seal(t, held, nil), nil); err != nil || len(held.Guard.Waiting) != 3 {
		t.Errorf("Open: %v, waiting %q", err, held.Guard.Waiting)
	}
}

func TestOpen_refusesAnImpossibleQuota(t *testing.T) {
	for _, n := range []int64{-1, 1 << 53} {
		for _, edit := range []func(x *diff.Place){func(x *diff.Place) { x.Quota = n }, func(x *diff.Place) { x.Held = n }} {
			p := busyWorld().compute(t)
			edit(&p.Places[1])
			if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
				t.Errorf("%d: got %v, want %v", n, err, planfile.ErrInvalid)
			}
		}
	}
}

// What waits for a delete may have been what made up for another loss.
func TestHoldBack_judgesAgainWhatIsLeft(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 3, "Lisa": 3, "Marge": 2})
	w.standard().KeepLast = 1
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "four", KeepLast: 4, MinKeep: 1})
	bart := w.spec.Backups[0]
	bart.Name, bart.VMs, bart.PreventDestroy, bart.Copies = "bart", []string{"Bart"}, true, []config.Copy{{Destination: "nas", Policy: "four"}}
	w.spec.Backups = append(w.spec.Backups, bart)
	w.holds("vmx", set(keyOf("Bart", 11), state.Complete), set(keyOf("Bart", 12), state.Complete))
	p := w.compute(t)
	crowded(p, 8, 9)
	wantRefused(t, p, "prevent_destroy nas/Bart")
	held := p.HoldBack()
	wantPlan(t, held)
	if got, want := refusals(held.Guard.Refusals), []string{"prevent_destroy nas/Bart", "max_shrink_percent nas"}; !slices.Equal(got, want) {
		t.Errorf("refused for %q, want %q", got, want)
	}
}

// crowded gives nas a quota, in sets, and says how many it holds.
func crowded(p *diff.Plan, held, quota int64) {
	p.Places[1].Held, p.Places[1].Quota = held*1012, quota*1012
}

// drawGuard draws limits that matter to two VMs of up to seven sets.
func drawGuard(t *rapid.T, w *world) {
	w.spec.Guard = config.Guard{
		MaxShrinkPercent: rapid.SampledFrom([]int{0, 30, 50, 100}).Draw(t, "max_shrink_percent"),
		MinLoss:          rapid.IntRange(1, 3).Draw(t, "min_loss"),
	}
	if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
		w.spec.Guard.MaxDeletes = limit(rapid.IntRange(0, 3).Draw(t, "max_deletes"))
	}
	w.spec.Backups[0].PreventDestroy = rapid.IntRange(0, 5).Draw(t, "prevent_destroy") == 0
}

func TestGuard_noPlanThatIsAppliedLosesMoreThanItMay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		drawGuard(t, w)
		p := computed(t, w)
		held := p.HoldBack()
		for _, c := range p.Changes {
			if c.Action != diff.Delete && c.Mode != diff.Replace && !slices.ContainsFunc(held.Changes, func(h diff.Change) bool { return h.Address == c.Address }) {
				t.Fatalf("%s is not done, and needs no delete", c.Address)
			}
		}
		data, err := planfile.Seal(held, envelope, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := planfile.Open(data, nil); err != nil || held.Refused() {
			t.Fatalf("what is left is refused (%v), or cannot be opened: %v", held.Refused(), err)
		}
		n := newNAS(t, w.inv["nas"])
		n.apply(held)
		checkLosses(t, w, n.sets)
		for _, r := range p.Guard.Refusals {
			checkUntouched(t, w, n.sets, strings.TrimPrefix(strings.TrimPrefix(r.Scope, "nas"), "/"))
		}
	})
}

// checkUntouched proves that all that stood of a VM, or of all, stands as it was.
func checkUntouched(t *rapid.T, w *world, after map[string]state.Set, vm string) {
	for _, s := range w.inv["nas"].Sets {
		if now, there := after[s.Path]; vm == "" || vm == s.VM {
			if !there || state.Digest(now.Files) != state.Digest(s.Files) {
				t.Fatalf("%s is refused, and %s is gone or another", vm, s.Key)
			}
		}
	}
}

// checkLosses counts, without the plan, what the limits are about.
func checkLosses(t *rapid.T, w *world, after map[string]state.Set) {
	g := w.spec.Guard
	gone := 0
	for _, vm := range []string{"", "Bart", "Lisa"} {
		before, lost := 0, 0
		for _, s := range w.inv["nas"].Sets {
			now, there := after[s.Path]
			switch {
			case vm != "" && vm != s.VM, w.inv["nas"].UnknownVMs[s.VM] != "":
				continue
			case counts(w, s):
				before++
			case there && state.Digest(now.Files) != state.Digest(s.Files): // replaced
				before, lost, gone = before+1, lost+1, gone+1
			}
			if !there && s.State != state.Incomplete {
				lost++
				gone++
			}
		}
		lost -= came(w, after, vm)
		if lost >= g.MinLoss && lost*100 > g.MaxShrinkPercent*before {
			t.Fatalf("%q loses %d of %d sets, limits %+v", vm, lost, before, g)
		}
	}
	if gone /= 2; g.MaxDeletes != nil && gone > *g.MaxDeletes {
		t.Fatalf("%d deletes, max_deletes is %d", gone, *g.MaxDeletes)
	}
}

// counts reports whether a set at nas counts before the plan.
func counts(w *world, s state.Set) bool {
	local, ok := w.inv["vmx"].Find(s.Key)
	differs := ok && local.State == state.Complete && !state.SameContent(local.Files, s.Files)
	return !differs && (s.State == state.Complete || s.State == state.Unmarked && w.nas().TrustUnmarked)
}

// came are the sets of a VM that count after the plan, and did not before.
func came(w *world, after map[string]state.Set, vm string) (n int) {
	was := map[string]state.Set{}
	for _, s := range w.inv["nas"].Sets {
		was[s.Path] = s
	}
	for path, s := range after {
		old, stood := was[path]
		isNew := s.State == state.Complete && (!stood || old.State != state.Complete)
		if isNew && (vm == "" || vm == s.VM) {
			n++
		}
	}
	return n
}

func ExampleGuard_Say() {
	g := diff.Guard{MaxShrinkPercent: 30, MinLoss: 3}
	fmt.Println(g.Say(diff.Refusal{Rule: diff.ShrinkRule, Loss: diff.Loss{Scope: "nas/Bart", Before: 10, After: 4, Deletes: 6}}))
	// Output: nas/Bart: 10 -> 4 complete sets, 60 % lost; max_shrink_percent is 30
}

func TestOpen_refusesAGuardOfAnotherPlan(t *testing.T) {
	refused := func() *diff.Plan { return shrinking(map[string]int{"Bart": 10, "Lisa": 1}).compute(t) }
	small := func() *diff.Plan { return shrinking(map[string]int{"Bart": 5}).compute(t) }
	held := func() *diff.Plan {
		w := shrinking(map[string]int{"Bart": 10, "Lisa": 4})
		w.holds("nas", nights("Abe", 21)...).holds("vmx", set(keyOf("Lisa", 5), state.Complete))
		return w.compute(t).HoldBack()
	}
	lifted := func() *diff.Plan {
		w := shrinking(map[string]int{"Bart": 10})
		w.shrink = true
		return w.compute(t)
	}
	for name, c := range map[string]struct {
		plan func() *diff.Plan
		edit func(p *diff.Plan)
	}{
		"says nothing of a refusal":  {refused, func(p *diff.Plan) { p.Guard.Refusals = nil }},
		"refuses another scope":      {refused, func(p *diff.Plan) { p.Guard.Refusals[0].Scope = "usb" }},
		"a loss is smaller":          {refused, func(p *diff.Plan) { p.Guard.Losses[0].After++ }},
		"a loss is missing":          {refused, func(p *diff.Plan) { p.Guard.Losses = p.Guard.Losses[1:] }},
		"fewer deletes":              {refused, func(p *diff.Plan) { p.Guard.Losses[1].Deletes-- }},
		"nothing was there":          {refused, func(p *diff.Plan) { p.Guard.Losses[0].Before, p.Guard.Losses[0].After = 0, -7 }},
		"more was there than can be": {small, func(p *diff.Plan) { p.Guard.Losses[0].Before, p.Guard.Losses[0].After = 1<<53+2, 1<<53 }},
		"percentage above 100":       {refused, func(p *diff.Plan) { p.Guard.MaxShrinkPercent = 101 }},
		"percentage below 0":         {refused, func(p *diff.Plan) { p.Guard.MaxShrinkPercent = -1 }},
		"min_loss of 0":              {refused, func(p *diff.Plan) { p.Guard.MinLoss = 0 }},
		"max_deletes below 0":        {refused, func(p *diff.Plan) { p.Guard.MaxDeletes = limit(-1) }},
		"lifted without the flag":    {lifted, func(p *diff.Plan) { p.Options.AllowShrink = false }},
		"lifted in silence":          {lifted, func(p *diff.Plan) { p.Guard.Lifted = nil }},
		"waits and is done":          {refused, func(p *diff.Plan) { p.Guard.Waiting = []string{p.Changes[0].Address} }},
		"waits and others are done":  {refused, func(p *diff.Plan) { p.Guard.Waiting = []string{"nas/Bart/2026-11-30-010000"} }},
		"waits for another scope": {refused, func(p *diff.Plan) {
			p.Guard.Waiting, p.Guard.Refusals = []string{"nas/Lisa/2026-11-30-010000"}, []diff.Refusal{{Rule: diff.PreventDestroyRule, Loss: diff.Loss{Scope: "nas/Lisa"}}}
		}},
		"waits and comes":        {held, func(p *diff.Plan) { p.Guard.Waiting[0] = p.Changes[0].Address }},
		"waits for nothing":      {held, func(p *diff.Plan) { p.Guard.Refusals = nil }},
		"waits at no place":      {held, func(p *diff.Plan) { p.Guard.Waiting[0] = "usb/Bart/2026-11-01-010000" }},
		"waits and is no set":    {held, func(p *diff.Plan) { p.Guard.Waiting[0] = "nas/Bart" }},
		"waits for what is done": {held, func(p *diff.Plan) { p.Guard.Refusals[0].Scope = "nas/Lisa" }},
	} {
		p := c.plan()
		if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
			t.Fatalf("%s: %v before the edit", name, err)
		}
		c.edit(p)
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}
