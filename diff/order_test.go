package diff_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// tight is a world whose nas cannot hold old and new sets at once.
func tight() *world {
	w := newWorld()
	w.spec.Backups[0].Copies[0].Order = config.DeleteFirst
	return w
}

func wantEarly(t *testing.T, p *diff.Plan, want ...string) {
	t.Helper()
	var early []string
	for _, c := range p.Changes {
		if c.Early {
			early = append(early, c.Address)
		}
	}
	if !slices.Equal(early, want) {
		t.Errorf("early: %q, want %q", early, want)
	}
}

func TestCompute_deleteFirstMakesRoomForUploads(t *testing.T) {
	p := tight().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 17, 18, 19)...).compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-17-010000", "-remove nas/Bart/2026-11-18-010000",
		"+upload nas/Bart/2026-11-21-010000", "+upload nas/Bart/2026-11-20-010000")
	wantEarly(t, p, "nas/Bart/2026-11-17-010000", "nas/Bart/2026-11-18-010000")
	for i, c := range p.Changes[:2] {
		if got := expand(t, p).Changes[i][0].Retains; !slices.Equal(got, []string{"nas/Bart/2026-11-19-010000"}) {
			t.Errorf("%s: retains %q, want what the destination holds by then", c.Address, got)
		}
	}
	if got := expand(t, p).Changes[1][0].Needs; !slices.Equal(got, []string{"nas/Bart/2026-11-17-010000#trash"}) {
		t.Errorf("needs %q, want the delete before alone", got)
	}
}

// What the floor holds of the sets that are whole at the destination now goes
// after the upload.
func TestCompute_deleteFirstLeavesTheFloorUntilTheUploadCounts(t *testing.T) {
	w := tight().holds("vmx", set(key(21), state.Complete, "disk.vmdk:9000", "vm.vmx:12")).holds("nas", sets(state.Complete, 17, 18, 19)...)
	w.standard().KeepLast = 1
	p := w.compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-17-010000", "-remove nas/Bart/2026-11-18-010000",
		"+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-19-010000")
	wantEarly(t, p, "nas/Bart/2026-11-17-010000", "nas/Bart/2026-11-18-010000")
	last := expand(t, p).Changes[3][0]
	if want := []string{"nas/Bart/2026-11-21-010000#publish", "nas/Bart/2026-11-18-010000#trash"}; !slices.Equal(last.Needs, want) {
		t.Errorf("needs %q, want %q", last.Needs, want)
	}
	if want := []string{"nas/Bart/2026-11-21-010000"}; !slices.Equal(last.Retains, want) {
		t.Errorf("retains %q, want %q", last.Retains, want)
	}
}

func TestCompute_deleteFirstCountsNothingThatDoesNotCountNow(t *testing.T) {
	w := tight().holds("vmx", sets(state.Complete, 20, 21)...).
		holds("nas", set(key(20), state.Unmarked)).holds("nas", sets(state.Complete, 19)...)
	w.standard().KeepLast = 2 // 20 is adopted, 21 uploaded
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "~adopt nas/Bart/2026-11-20-010000", "-remove nas/Bart/2026-11-19-010000")
	wantEarly(t, p)
}

func TestCompute_deleteFirstWaitsWhereNothingIsSent(t *testing.T) {
	w := tight().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(key(21), state.Unmarked)).
		holds("nas", sets(state.Complete, 17, 18, 19)...)
	p := w.compute(t)
	wantPlan(t, p, "~adopt nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-17-010000")
	wantEarly(t, p)
}

func TestCompute_deleteFirstTakesWhatIsOnlyStagedFirst(t *testing.T) {
	w := tight().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 19, 20)...).
		stages(staged(set(key(12), state.Complete), true))
	w.standard().KeepOldest, w.standard().MinKeep = false, 3
	p := w.compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-12-010000", "+upload nas/Bart/2026-11-21-010000")
	wantEarly(t, p, "nas/Bart/2026-11-12-010000")
}

func TestCompute_inPlaceDeleteThatWasBegunMakesRoom(t *testing.T) {
	s, claim := begunOf(set(key(12), state.Incomplete, "disk.vmdk"))
	w := inPlace().holds("vmx", sets(state.Complete, 21)...).holds("nas", s).holds("nas", sets(state.Complete, 20)...).stages(claim)
	w.spec.Backups[0].Copies[0].Order = config.DeleteFirst
	p := w.compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-12-010000", "+upload nas/Bart/2026-11-21-010000")
	wantEarly(t, p, "nas/Bart/2026-11-12-010000")
}

func TestOpen_refusesDeletesThatComeTooEarly(t *testing.T) {
	tidy := func() *world {
		return newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...)
	}
	hasty := tidy()
	hasty.spec.Backups[0].Copies[0].Order = config.DeleteFirst
	for name, c := range map[string]struct {
		w    *world
		edit func(p *diff.Plan)
	}{
		"group uploads first": {tidy(), func(p *diff.Plan) { p.Changes[1].Early = true }},
		"no delete":           {hasty, func(p *diff.Plan) { p.Changes[1].Early = true }},
		"retains what comes": {hasty, func(p *diff.Plan) {
			c := &p.Changes[0]
			c.Retains = append(slices.Clone(c.Retains), "nas/Bart/2026-11-21-010000")
		}},
		"no such order": {tidy(), func(p *diff.Plan) { p.Groups[0].Order = "x" }},
	} {
		p := c.w.compute(t)
		if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
			t.Fatalf("%s: %v before the edit", name, err)
		}
		c.edit(p)
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}

// retention.md, rule 6: with delete_first the floor is the newest sets that are
// whole at the destination now, whatever else a rule keeps there.
func TestCompute_deleteFirstLeavesTheNewestUntilTheUploadCounts(t *testing.T) {
	future := state.Key{VM: "Bart", Stamp: "2030-01-01-010000"}
	for name, w := range map[string]*world{
		"beside a pin":                   tight().holds("nas", sets(state.Complete, 12)...),
		"beside one dated in the future": tight().holds("nas", set(future, state.Complete)),
	} {
		w.holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19)...)
		w.standard().KeepLast = 1
		w.standard().Pins = []config.Pin{{Key: key(12)}}
		p := w.compute(t)
		wantEarly(t, p, "nas/Bart/2026-11-18-010000")
		if last := p.Changes[len(p.Changes)-1]; last.Address != "nas/Bart/2026-11-19-010000" {
			t.Errorf("%s: %s is last, want the newest of what goes", name, last.Address)
		}
		if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
			t.Errorf("%s: Open: %v", name, err)
		}
	}
}

// A night of uploads that fail: the early deletes happen, and nothing comes.
func (w *world) failingNight(t *testing.T) (early int) {
	p := w.compute(t)
	for _, c := range p.Changes {
		if c.Early {
			early++
			w.change("nas", func(inv *state.Inventory) {
				inv.Sets = slices.DeleteFunc(inv.Sets, func(s state.Set) bool { return s.Path == c.Path })
			})
		}
	}
	return early
}

// Uploads that fail each night let one night's sets go, and not one more each
// night: their room is still free.
func TestCompute_deleteFirstStopsWhereUploadsFail(t *testing.T) {
	w := tight().holds("nas", sets(state.Complete, 1, 2, 3, 4, 5, 6, 7)...)
	w.standard().KeepLast = 7
	for day := 8; day < 18; day++ {
		w.holds("vmx", set(key(day), state.Complete))
		early := w.failingNight(t)
		if want := map[bool]int{true: 1}[day == 8]; early != want {
			t.Errorf("night %d: %d sets were deleted, want %d", day, early, want)
		}
	}
	if n := len(w.inv["nas"].Sets); n != 6 {
		t.Errorf("%d sets are left, want 6", n)
	}
}

// Only what the uploads need goes before them.
func TestCompute_deleteFirstFreesNoMoreThanIsSent(t *testing.T) {
	w := tight().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 15, 16, 17, 18, 19)...)
	w.standard().KeepLast = 2
	p := w.compute(t)
	wantEarly(t, p, "nas/Bart/2026-11-15-010000")
	if p.Summary.Destroy != 4 {
		t.Errorf("%d deletes in all, want 4", p.Summary.Destroy)
	}
}
