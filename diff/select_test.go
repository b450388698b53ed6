package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// targeted is a world in which each of two VMs gets a set and loses one.
func targeted() *world {
	w := newWorld().holds("nas", sets(state.Complete, 18, 19, 20)...).holds("vmx", sets(state.Complete, 21)...)
	for day := 18; day <= 20; day++ {
		w.holds("nas", set(keyOf("Lisa", day), state.Complete))
	}
	return w.holds("vmx", set(keyOf("Lisa", 21), state.Complete))
}

const (
	bartComes = "+upload nas/Bart/2026-11-21-010000"
	bartGoes  = "-remove nas/Bart/2026-11-18-010000"
	lisaComes = "+upload nas/Lisa/2026-11-21-010000"
	lisaGoes  = "-remove nas/Lisa/2026-11-18-010000"
)

func TestCompute_targetsAndExcludes(t *testing.T) {
	for _, c := range []struct {
		name            string
		target, exclude []string
		want            []string
		notice          string
	}{
		{"a VM", []string{"nas/Bart"}, nil, []string{bartComes, bartGoes}, "-target: this plan may be only a part of what the configuration wants. Left out: 2 changes (nas/Lisa/2026-11-18-010000)."},
		{"a place", []string{"nas"}, nil, []string{bartComes, bartGoes, lisaComes, lisaGoes}, "-target: this plan may be only a part of what the configuration wants. Nothing was left out this time."},
		{"a glob of VMs", []string{"*/Li*"}, nil, []string{lisaComes, lisaGoes}, ""},
		{"an upload brings no delete", []string{"nas/Bart/2026-11-21-010000"}, nil, []string{bartComes}, ""},
		{"a delete brings its upload", []string{"nas/*/2026-11-18-*"}, []string{"nas/Lisa"}, []string{bartComes, bartGoes},
			"-target and -exclude: this plan may be only a part of what the configuration wants. Left out: 2 changes (nas/Lisa/2026-11-18-010000). Added: 1 upload that its deletes depend on."},
		{"an upload that is excluded takes its delete along", nil, []string{"nas/Bart/2026-11-21-010000"}, []string{lisaComes, lisaGoes},
			"-exclude: this plan may be only a part of what the configuration wants. Left out: 2 changes (nas/Bart/2026-11-18-010000)."},
		{"a delete that is excluded takes nothing along", nil, []string{"nas/Bart/2026-11-18-010000"}, []string{bartComes, lisaComes, lisaGoes}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := targeted()
			w.options.Target, w.options.Exclude = c.target, c.exclude
			p := w.compute(t)
			wantPlan(t, p, c.want...)
			if c.notice != "" {
				wantNotice(t, p, "target", c.notice)
			}
		})
	}
}

func TestCompute_saysWhichDeletesRestOnWhatIsLeftOut(t *testing.T) {
	w := targeted()
	w.options.Exclude = []string{"nas/Bart/2026-11-21-010000"}
	p := w.compute(t)
	wantNotice(t, p, "rests", "nas: 1 delete was left out (Bart/2026-11-18-010000), because -target or -exclude leaves out an upload that it depends on.")
	i := slices.IndexFunc(p.Kept, func(k diff.Kept) bool { return k.Address == "nas/Bart/2026-11-18-010000" })
	if i < 0 || p.Kept[i].Reasons[0].Text != "-target or -exclude leaves out its delete" {
		t.Errorf("kept: %+v", p.Kept)
	}
}

func TestCompute_makesNoRoomForWhatIsExcluded(t *testing.T) {
	w := targeted()
	w.spec.Backups[0].Copies[0].Order = config.DeleteFirst
	w.options.Exclude = []string{"nas/Bart/2026-11-21-010000"}
	wantPlan(t, w.compute(t), lisaGoes, lisaComes)
}

func TestCompute_refusesNamesOfNothing(t *testing.T) {
	for _, c := range []struct{ pattern, hint string }{
		{"nas/Brat", `Did you mean "nas/Bart"? `},
		{"nsa/Bart/*", `Did you mean "nas/Bart/*"? `},
		{"nas/Bart/2026-11-28-010000", `Did you mean "nas/Bart/2026-11-18-010000"? `},
		{"Bart", `Did you mean "nas/Bart"? `},
		{"*/Homer", "An address is destination/vm/"},
	} {
		w := targeted()
		w.options.Target = []string{"nas/Lisa", c.pattern}
		_, err := diff.Compute(w.input())
		if !errors.Is(err, flags.ErrNoMatch) || !strings.Contains(err.Error(), c.pattern) {
			t.Fatalf("-target=%s: %v", c.pattern, err)
		}
		if hint := providers.Hint(err); !strings.HasPrefix(hint, c.hint) {
			t.Errorf("-target=%s: hint %q", c.pattern, hint)
		}
	}
}

func TestCompute_takesNamesInPlacesThatAreNotRead(t *testing.T) {
	w := targeted()
	w.partial = true
	usb := *w.nas()
	usb.Name = "usb"
	w.spec.Destinations = append(w.spec.Destinations, usb)
	w.change("usb", func(inv *state.Inventory) { inv.Place, inv.Err = "usb", providers.ErrUnreachable })
	w.change("nas", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Otto": "its listing failed"} })
	for _, there := range []string{"usb", "usb/Homer", "usb/Ho*/2026-11-*", "*/Homer", "**/Homer/**", "nas/Otto", "nas/Ot*/2026-11-20-010000"} {
		w.options.Target = []string{"nas/Bart", there}
		wantPlan(t, w.compute(t), bartComes, bartGoes)
	}
	w.options.Target = []string{"nas/Bart", "usc/Homer"}
	if _, err := diff.Compute(w.input()); !errors.Is(err, flags.ErrNoMatch) {
		t.Errorf("Compute: %v, want %v", err, flags.ErrNoMatch)
	}
}

func TestCompute_prunesNothingThatRestsOnWhatIsLeftOut(t *testing.T) {
	w := targeted().holds("vmx", sets(state.Complete, 19, 20)...)
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "local", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "local"
	const pruned = "-prune vmx/Bart/2026-11-19-010000"
	if got := say(w.compute(t)); !slices.Contains(got, pruned) {
		t.Fatalf("without flags: %v", got)
	}
	w.options.Exclude = []string{"nas/Bart/2026-11-21-010000"}
	p := w.compute(t)
	wantPlan(t, p, lisaComes, lisaGoes)
	w.options.Exclude, w.options.Target = nil, []string{"nas"}
	wantPlan(t, w.compute(t), bartComes, bartGoes, lisaComes, lisaGoes)
	w.options.Target = []string{"vmx/Bart"}
	p = w.compute(t) // the upload is not in the plan, and so nothing goes
	wantPlan(t, p)
}

// A delete that is left out is still one for all that counts on the set.
func TestCompute_prunesNothingForSetsThatOnlyStayByExclusion(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 18, 19, 20, 21)...).holds("vmx", sets(state.Complete, 18, 21)...)
	w.standard().MinKeep = 3
	w.change("nas", func(inv *state.Inventory) {
		for i := range inv.Sets[1:] { // adopted: these prove nothing
			inv.Sets[i+1].Manifest = &state.Manifest{NoSums: true}
		}
	})
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "local", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "local"
	wantPlan(t, w.compute(t), bartGoes)
	w.options.Exclude = []string{"nas"}
	wantPlan(t, w.compute(t))
}

func TestCompute_leavesLeftoversOfOthersAlone(t *testing.T) {
	w := targeted()
	w.stages(staged(set(keyOf("Bart", 11), state.Incomplete), false), staged(set(keyOf("Lisa", 11), state.Incomplete), false))
	w.options.Target = []string{"nas/Lisa"}
	wantPlan(t, w.compute(t), lisaComes, lisaGoes, "(staging) .vmxsync/staging/Lisa~2026-11-11-010000")
}

func TestCompute_keepsWhatWasStartedAndIsLeftOut(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).stages(staged(set(key(21), state.Incomplete), false))
	wantPlan(t, w.compute(t), "~resume nas/Bart/2026-11-21-010000")
	w.options.Exclude = []string{"nas/Bart"}
	p := w.compute(t)
	wantPlan(t, p)
	if len(p.Kept) != 1 || p.Kept[0].State != state.Incomplete || p.Kept[0].Reasons[0].Text != "-target or -exclude leaves out the rest" {
		t.Errorf("kept %+v", p.Kept)
	}
}

// drawFlags selects at random: places, VMs, nights.
func drawFlags(t *rapid.T, o *diff.Options) {
	pattern := rapid.SampledFrom([]string{
		"nas", "vmx", "*/Bart", "nas/Lisa", "nas/*/2026-11-1[0-3]*", "nas/Bart/2026-11-1[2-5]*", "*/*/2026-11-1[4-6]*", "vmx/*/2026-11-1[0-2]*",
	})
	if rapid.Bool().Draw(t, "targets") {
		o.Target = rapid.SliceOfN(pattern, 1, 2).Draw(t, "target")
	}
	if len(o.Target) == 0 || rapid.Bool().Draw(t, "excludes") {
		o.Exclude = rapid.SliceOfN(pattern, 1, 2).Draw(t, "exclude")
	}
}

// namesNothing reports that the drawn flags fit nothing in the drawn world.
func namesNothing(w *world) bool {
	_, err := diff.Compute(w.input())
	return errors.Is(err, flags.ErrNoMatch)
}

func TestCompute_whatIsSelectedIsAPartThatConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.start = w.inv["nas"].Staged
		whole := computed(t, w)
		drawFlags(t, &w.options)
		if namesNothing(w) {
			t.Skip("nothing is named")
		}
		p := computed(t, w)
		checkPart(t, p, whole)
		for rounds := 1; !p.Empty() || len(p.Cleanups) > 0; rounds++ {
			if rounds > 5 {
				t.Fatalf("no end: %v", say(p))
			}
			checkDeletes(t, w, p)
			checkRests(t, w, p)
			t.Logf("round %d: %v", rounds, say(p))
			n := newNAS(t, w.inv["nas"])
			n.apply(p)
			w.inv["nas"] = n.inventory(w.inv["nas"])
			w.prune(p)
			if namesNothing(w) {
				return // all that was named is gone
			}
			replaced := slices.ContainsFunc(p.Cleanups, func(c diff.Cleanup) bool { return strings.HasSuffix(c.Path, "~rep") })
			p = computed(t, w)
			if !replaced && !p.Empty() && !slow(w) {
				t.Fatalf("round %d leaves %v", rounds, say(p))
			}
		}
	})
}

// checkPart proves that a plan does nothing that the whole plan does not.
func checkPart(t *rapid.T, p, whole *diff.Plan) {
	all := say(whole)
	for _, one := range say(p) {
		if !slices.Contains(all, one) {
			t.Fatalf("%s is in the part alone; the whole is %v", one, all)
		}
	}
}

// checkRests proves that a group from which a set goes gets all that the whole
// plan brings to it.
func checkRests(t *rapid.T, w *world, p *diff.Plan) {
	o := w.options
	w.options = diff.Options{}
	whole := computed(t, w)
	w.options = o
	in := say(p)
	for _, c := range p.Changes {
		_, k, _ := state.SplitAddress(c.Address)
		for _, needed := range whole.Changes {
			_, x, _ := state.SplitAddress(needed.Address)
			if c.Action == diff.Delete && needed.Action != diff.Delete && x.VM == k.VM && c.Mode != diff.Prune {
				if !slices.ContainsFunc(in, func(s string) bool { return strings.HasSuffix(s, " "+needed.Address) }) {
					t.Fatalf("%s goes without %s: %v", c.Address, needed.Address, in)
				}
			}
		}
	}
}
