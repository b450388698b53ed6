package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// pruning sends all VMs to nas, which keeps three, and keeps the newest local set.
func pruning() *world {
	w := newWorld()
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "newest", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "newest"
	return w
}

// twice adds a second destination, usb, with a policy of its own.
func (w *world) twice(policy config.Policy) *world {
	usb := *w.nas()
	usb.Name, usb.Settings = "usb", where{"/mnt/usb"}
	policy.Name = "usb"
	w.spec.Destinations = append(w.spec.Destinations, usb)
	w.spec.Policies = append(w.spec.Policies, policy)
	w.spec.Backups[0].Copies = append(w.spec.Backups[0].Copies, config.Copy{Destination: "usb", Policy: "usb"})
	w.inv["usb"] = state.Inventory{Place: "usb", Owner: "site"}
	return w
}

func wantPruned(t *testing.T, w *world, days ...int) *diff.Plan {
	t.Helper()
	p := w.compute(t)
	var got, want []string
	for _, c := range p.Changes {
		if c.Mode == diff.Prune {
			got = append(got, c.Address)
		}
	}
	for _, d := range days {
		want = append(want, "vmx/"+key(d).String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("pruned %q, want %q", got, want)
	}
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}
	return p
}

func TestCompute_prunesLocalSetsThatAreWholeWhereverTheyAreKept(t *testing.T) {
	p := wantPruned(t, pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 20, 21)...), 20)
	c := p.Changes[0]
	if got := expand(t, p).Changes[0][0].Retains; !slices.Equal(got, []string{"nas/Bart/2026-11-20-010000"}) {
		t.Errorf("retains %q, want the set at nas", got)
	}
	if c.Action != diff.Delete || p.Summary.Destroy != 1 || p.Summary.FreeBytes != 1012 {
		t.Errorf("action %s, summary %+v, want one delete", c.Action, p.Summary)
	}
	if _, other := c.Why(); !slices.Contains(other, "complete at nas") || !strings.Contains(strings.Join(other, ";"), "quota last 1 of 1 reached") {
		t.Errorf("reasons %q, want why it goes and what holds it", other)
	}
	if len(p.Groups) != 1 || len(p.Places[1].Observed) != 1 {
		t.Errorf("groups %+v, observed %+v, want the group that justifies it", p.Groups, p.Places[1].Observed)
	}
}

func TestCompute_prunesInALaterPlanThanTheUpload(t *testing.T) {
	w := pruning().holds("vmx", sets(state.Complete, 20, 21)...)
	for _, n := range wantPruned(t, w).Notices {
		if n.Code == "not-pruned" {
			t.Errorf("notice %q: that is how it goes every night", n.Text)
		}
	}
	wantPruned(t, pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 21)...))
}

func TestCompute_prunesNothingThatADestinationLacks(t *testing.T) {
	keeps := config.Policy{KeepLast: 3, MinKeep: 1}
	for name, c := range map[string]struct {
		w    func() *world
		says string
	}{
		"differs": {func() *world {
			return pruning().holds("nas", set(key(20), state.Complete, "disk.vmdk:1001")).holds("nas", sets(state.Complete, 21)...)
		}, "nas must keep it, but the set there differs"},
		"damaged":  {func() *world { return pruning().holds("nas", sets(state.Damaged, 20)...) }, "nas must keep it, but the set there is damaged"},
		"unmarked": {func() *world { return pruning().holds("nas", set(key(20), state.Unmarked, "other")) }, "nas must keep it, but the set there is unmarked"},
		"trusted": {func() *world {
			w := pruning().holds("nas", sets(state.Unmarked, 20)...)
			w.nas().TrustUnmarked = true
			return w
		}, "nas must keep it, but the set there is unmarked"},
		"without sums": {func() *world {
			adopted := set(key(20), state.Complete)
			adopted.Manifest = &state.Manifest{NoSums: true}
			return pruning().holds("nas", adopted)
		}, "nas must keep it, but the set there has no checksums"},
		"not known": {func() *world {
			return pruning().holds("nas", sets(state.Complete, 20)...).
				change("nas", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Bart": "cut"} })
		}, "whether nas holds it is not known"},
		"first use": {func() *world {
			return pruning().holds("nas", sets(state.Complete, 20)...).change("nas", func(inv *state.Inventory) { inv.Owner = "" })
		}, "this is the first use of nas"},
		"second is away": {func() *world {
			w := pruning().holds("nas", sets(state.Complete, 20)...).twice(keeps)
			w.spec.Destinations[1].Optional = true
			return w.change("usb", func(inv *state.Inventory) { inv.Err = errors.New("unplugged") })
		}, "usb could not be read"},
		"second has it damaged": {func() *world {
			return pruning().holds("nas", sets(state.Complete, 20)...).twice(keeps).holds("usb", sets(state.Damaged, 20)...)
		}, "usb must keep it, but the set there is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			w := c.w().holds("vmx", sets(state.Complete, 20, 21)...)
			if got := notice(t, wantPruned(t, w), "not-pruned"); !strings.Contains(got, c.says) {
				t.Errorf("notice %q, want %q", got, c.says)
			}
		})
	}
}

func TestCompute_prunesWhatOneDestinationHoldsAndTheOtherLetsGo(t *testing.T) {
	w := pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 20, 21)...).
		twice(config.Policy{KeepLast: 1, MinKeep: 1}).holds("usb", sets(state.Complete, 20, 21)...)
	p := wantPruned(t, w, 20)
	wantPlan(t, p, "-remove usb/Bart/2026-11-20-010000", "-prune vmx/Bart/2026-11-20-010000")
}

func TestCompute_prunesWhatNobodyKeepsOnceItIsOutlivedEverywhere(t *testing.T) {
	one := config.Policy{KeepLast: 1, MinKeep: 1}
	outlived := func() *world {
		w := pruning().holds("vmx", sets(state.Complete, 19, 21)...).holds("nas", sets(state.Complete, 20, 21)...).
			twice(one).holds("usb", sets(state.Complete, 21)...)
		w.standard().KeepLast, w.standard().MinKeep = 2, 2
		return w
	}
	p := wantPruned(t, outlived(), 19)
	want := []string{"nas/Bart/2026-11-21-010000", "nas/Bart/2026-11-20-010000", "usb/Bart/2026-11-21-010000"}
	if got := expand(t, p).Changes[0][0].Retains; !slices.Equal(got, want) {
		t.Errorf("retains %q, want %q", got, want)
	}
	adopted := set(key(21), state.Complete)
	adopted.Manifest = &state.Manifest{NoSums: true}
	w := outlived()
	w.inv["usb"] = state.Inventory{Place: "usb", Owner: "site", Sets: []state.Set{adopted}}
	if got := notice(t, wantPruned(t, w), "not-pruned"); !strings.Contains(got, "no destination keeps it, and usb holds 0 newer sets complete") {
		t.Errorf("notice %q", got)
	}
	w.inv["usb"] = state.Inventory{Place: "usb", Owner: "site"} // 21 is on its way there
	for _, n := range wantPruned(t, w).Notices {
		if n.Code == "not-pruned" {
			t.Errorf("notice %q: a later plan takes it", n.Text)
		}
	}
}

func TestCompute_keepsLocalSetsThatThePolicyKeeps(t *testing.T) {
	w := pruning().holds("vmx", sets(state.Complete, 18, 19, 20, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...)
	w.standard().KeepLast = 5
	w.spec.Policies[1].Pins = []config.Pin{{Key: key(18)}}
	wantPruned(t, w, 19, 20)
	w.spec.Policies[1].MinAge = config.Span{Days: 4}
	wantPruned(t, w)
}

func TestCompute_prunesNothingBesideWhatIsNotReady(t *testing.T) {
	w := pruning().holds("vmx", sets(state.Complete, 20)...).holds("vmx", sets(state.Settling, 21)...).
		holds("nas", sets(state.Complete, 20, 21)...)
	wantPruned(t, w) // 20 is the newest that is ready
}

// onTheirWay are two sets that a dead run has left at the source.
func onTheirWay() (aside, gone state.AsideSet) {
	const run = "20261122T110000Z-000000000000"
	const first, second = "Bart/2026-11-18-010000", "Bart/2026-11-17-010000"
	return state.AsideSet{Key: key(18), Path: state.Aside(first, run), Final: first, Run: run, Files: filesOf("a")},
		state.AsideSet{Key: key(17), Path: state.Gone(second, run), Final: second, Run: run, Gone: true, Files: filesOf("a")}
}

func TestCompute_whatAPruneHasLeftComesBackOrGoes(t *testing.T) {
	aside, gone := onTheirWay()
	w := pruning().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...).
		change("vmx", func(inv *state.Inventory) { inv.Asides = []state.AsideSet{gone, aside} })
	p := wantPruned(t, w)
	wantPlan(t, p, "(gone) "+gone.Path, "(return) "+aside.Path)
}

// What cannot come back, or may be nowhere else, is a person's.
func TestCompute_whatAPruneHasLeftAndIsInDoubtStays(t *testing.T) {
	for says, spoil := range map[string]func(w *world, aside, gone *state.AsideSet){
		"1 folder is left of an interrupted prune, and is kept": func(_ *world, aside, _ *state.AsideSet) { aside.Problem = "a link" },
		"~aside: a link.": func(_ *world, aside, _ *state.AsideSet) { aside.Problem = "a link" },
		"~gone: a was written after the prune began": func(_ *world, _, gone *state.AsideSet) {
			gone.Files[0].ModTime = noon.Add(-time.Minute)
		},
		"~aside: Bart/2026-11-18-010000 exists again": func(w *world, _, _ *state.AsideSet) { w.holds("vmx", sets(state.Complete, 18)...) },
		"~gone: Bart/2026-11-17-010000 exists again":  func(w *world, _, _ *state.AsideSet) { w.holds("vmx", sets(state.Complete, 17)...) },
	} {
		aside, gone := onTheirWay()
		w := pruning().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...)
		spoil(w, &aside, &gone)
		w.change("vmx", func(inv *state.Inventory) { inv.Asides = []state.AsideSet{gone, aside} })
		p := w.compute(t)
		if got := notice(t, p, "aside"); !strings.Contains(got, says) || len(p.Cleanups) != 1 {
			t.Errorf("notice %q and %d cleanups, want %q and the other", got, len(p.Cleanups), says)
		}
	}
}

func TestUnproven_asksForTheManifestsThatJustifyAPrune(t *testing.T) {
	w := pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...)
	if got := diff.Unproven(w.compute(t), w.inv)["nas"]; !slices.Equal(got, []state.Key{key(20)}) {
		t.Errorf("got %v, want the set that is pruned", got)
	}
}

func TestOpen_refusesPrunesWithoutGround(t *testing.T) {
	prune := func(p *diff.Plan) *diff.Change { return &p.Changes[len(p.Changes)-1] }
	for name, edit := range map[string]func(p *diff.Plan){
		"retains nothing":       func(p *diff.Plan) { prune(p).Retains = nil },
		"retains what it takes": func(p *diff.Plan) { prune(p).Retains = []string{prune(p).Address} },
		"retains an older set":  func(p *diff.Plan) { prune(p).Retains = []string{"nas/Bart/2026-11-19-010000"} },
		"retains another VM's":  func(p *diff.Plan) { prune(p).Retains = []string{"nas/Lisa/2026-11-20-010000"} },
		"retains one that goes": func(p *diff.Plan) { prune(p).Retains = []string{"usb/Bart/2026-11-20-010000"} },
		"too few newer sets": func(p *diff.Plan) {
			prune(p).Retains = []string{"nas/Bart/2026-11-21-010000", "nas/Bart/2026-11-21-010000"}
		},
		"no group":         func(p *diff.Plan) { p.Groups = p.Groups[1:] },
		"of a destination": func(p *diff.Plan) { prune(p).Address = "nas/Bart/2026-11-20-010000" },
		"another folder":   func(p *diff.Plan) { prune(p).Path = "Bart" },
		"is no delete":     func(p *diff.Plan) { prune(p).Action = diff.Update },
		"early":            func(p *diff.Plan) { prune(p).Early = true },
	} {
		w := pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...).
			twice(config.Policy{KeepLast: 1, MinKeep: 1}).holds("usb", sets(state.Complete, 20, 21)...)
		w.standard().MinKeep = 2
		p := wantPruned(t, w, 20)
		edit(p)
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}

// What a destination cannot take, or is still removing, its retention was not
// asked about.
func TestCompute_prunesNothingThatADestinationHasNotDecidedOn(t *testing.T) {
	for name, c := range map[string]struct {
		w    func() *world
		says string
	}{
		"its place is taken": {func() *world {
			return pruning().holds("vmx", sets(state.Complete, 20, 21)...).
				change("nas", func(inv *state.Inventory) { inv.Foreign = []string{"Bart/2026-11-20-010000"} })
		}, "nas cannot hold its names"},
		"its deletion is not finished": {func() *world {
			s, claim := begunOf(set(key(20), state.Incomplete))
			w := pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", s).stages(claim)
			w.nas().Publish = config.InPlace
			return w
		}, "its deletion at nas is not finished"},
	} {
		t.Run(name, func(t *testing.T) {
			w := c.w().holds("nas", sets(state.Complete, 21)...)
			if got := notice(t, wantPruned(t, w), "not-pruned"); !strings.Contains(got, c.says) {
				t.Errorf("notice %q, want %q", got, c.says)
			}
		})
	}
}

// retention.md, rule 1: what is dated in the future has no part in any rule.
func TestCompute_futureDatedSetsOutliveNothing(t *testing.T) {
	future := state.Key{VM: "Bart", Stamp: "2030-01-01-010000"}
	w := pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", set(future, state.Complete))
	w.standard().KeepLast = 1
	wantPruned(t, w)
}

// The root of usb is nobody's yet, and Lisa goes there alone.
func TestCompute_prunesNothingInTheRunThatUsesADestinationFirst(t *testing.T) {
	w := pruning().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 20, 21)...)
	wantPruned(t, w, 20)
	w.holds("vmx", set(keyOf("Lisa", 21), state.Complete)).twice(config.Policy{KeepLast: 1, MinKeep: 1})
	other := w.spec.Backups[0]
	w.spec.Backups[0].Copies = other.Copies[:1]
	other.Name, other.VMs, other.Copies = "lisa", []string{"Lisa"}, other.Copies[1:]
	w.spec.Backups = append(w.spec.Backups, other)
	w.change("usb", func(inv *state.Inventory) { inv.Owner = "" })
	if got := notice(t, wantPruned(t, w), "not-pruned"); !strings.Contains(got, "this is the first use of usb") {
		t.Errorf("notice %q", got)
	}
}

func TestCompute_aSetThatIsAsideComesBackToASourceWithoutOthers(t *testing.T) {
	const run = "20261101T000000Z-000000000000"
	aside := state.AsideSet{Key: key(18), Path: state.Aside("Bart/2026-11-18-010000", run), Final: "Bart/2026-11-18-010000", Run: run, Files: filesOf("a")}
	w := pruning().holds("nas", sets(state.Complete, 16, 17, 18, 19, 20, 21)...).change("vmx", func(inv *state.Inventory) { inv.Asides = []state.AsideSet{aside} })
	wantPlan(t, w.compute(t), "(return) "+aside.Path)
}

// Between the end of the run that let it go and this plan, nas has lost its sets.
func TestCompute_whatIsGoneStaysWhileNothingJustifiesItAnyMore(t *testing.T) {
	const run = "20261101T000000Z-000000000000"
	gone := state.AsideSet{Key: key(17), Path: state.Gone("Bart/2026-11-17-010000", run), Final: "Bart/2026-11-17-010000", Run: run, Gone: true, Files: filesOf("a")}
	gone.Files[0].ModTime = noon.AddDate(-1, 0, 0)
	w := pruning().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Damaged, 17)...).
		change("vmx", func(inv *state.Inventory) { inv.Asides = []state.AsideSet{gone} })
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000")
	if got := notice(t, p, "aside"); !strings.Contains(got, "nas holds only 0 sets as new as it") {
		t.Errorf("notice %q", got)
	}
}
