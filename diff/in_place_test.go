package diff_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// inPlace is a world whose destination cannot rename folders.
func inPlace() *world {
	w := newWorld()
	w.nas().Publish = config.InPlace
	return w
}

// atFinal is a started upload in place, as it is read.
func atFinal(s state.Set, claimed ...string) state.Staged {
	x := staged(s, false)
	x.Claim.InPlace, x.Claim.Files = true, filesOf(claimed...)
	x.Files = x.Files[:1]
	x.Set.Path = s.Path
	return x
}

// begun is a set whose delete was begun in place.
func begun(day int) (state.Set, state.Staged) { return begunOf(set(key(day), state.Incomplete)) }

func begunOf(s state.Set) (state.Set, state.Staged) {
	claim := staged(s, false)
	claim.Claim = &state.Claim{Kind: state.DeleteClaim, Key: s.Key}
	claim.Files, claim.Set.Files = claim.Files[:1], nil
	return s, claim
}

// saysSteps writes steps as "op from > to".
func saysSteps(steps []diff.Step) []string {
	var lines []string
	for _, s := range steps {
		lines = append(lines, strings.TrimSpace(string(s.Op)+" "+s.From+" > "+s.To))
	}
	return lines
}

func wantSteps(t *testing.T, steps []diff.Step, want ...string) {
	t.Helper()
	if got := saysSteps(steps); !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestCompute_inPlaceRenamesNoFolder(t *testing.T) {
	w := inPlace().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...)
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-18-010000")
	const work, final = ".vmxsync/staging/Bart~2026-11-21-010000", "Bart/2026-11-21-010000"
	wantSteps(t, expand(t, p).Changes[0], "claim  > "+work+"/claim", "put "+final+"/disk.vmdk > "+final+"/disk.vmdk",
		"put "+final+"/vm.vmx > "+final+"/vm.vmx", "seal "+work+"/manifest > "+final+"/vmxsync.sha256", "release "+work+" >")
	const old = ".vmxsync/staging/Bart~2026-11-18-010000"
	wantSteps(t, expand(t, p).Changes[1], "mark_delete Bart/2026-11-18-010000 > "+old+"/claim", "purge Bart/2026-11-18-010000 >", "release "+old+" >")
}

func TestCompute_inPlaceGoesOnWithItsOwnParts(t *testing.T) {
	local := set(key(21), state.Complete)
	part := set(key(21), state.Incomplete, "disk.vmdk:17")
	w := inPlace().holds("vmx", local).stages(atFinal(part, "disk.vmdk", "vm.vmx:12"))
	wantPlan(t, w.compute(t), "~resume nas/Bart/2026-11-21-010000")

	other := inPlace().holds("vmx", local).stages(atFinal(part, "disk.vmdk:999"))
	wantPlan(t, other.compute(t), "+upload nas/Bart/2026-11-21-010000", "(in_place) .vmxsync/staging/Bart~2026-11-21-010000")

	renaming := newWorld().holds("vmx", local).stages(atFinal(part, "disk.vmdk", "vm.vmx:12"))
	wantPlan(t, renaming.compute(t), "+upload nas/Bart/2026-11-21-010000", "(in_place) .vmxsync/staging/Bart~2026-11-21-010000")
}

func TestCompute_inPlaceAbandonsOnlyWhatTheClaimNames(t *testing.T) {
	part := set(key(15), state.Incomplete, "disk.vmdk:17", "foreign:3", "vm.vmx:13")
	w := inPlace().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...).
		stages(atFinal(part, "disk.vmdk", "vm.vmx:12"))
	p := w.compute(t)
	wantPlan(t, p, "(in_place) .vmxsync/staging/Bart~2026-11-15-010000")
	if got := p.Cleanups[0].Files; len(got) != 1 || got[0].Path != "disk.vmdk" {
		t.Errorf("files %v, want disk.vmdk alone: foreign is not claimed, and vm.vmx larger than claimed", got)
	}
}

func TestCompute_deleteThatWasBegunGoesOnWhileEnoughCount(t *testing.T) {
	for _, w := range []*world{inPlace(), newWorld()} {
		s, claim := begun(15)
		w.holds("vmx", sets(state.Complete, 21)...).holds("nas", s).holds("nas", sets(state.Complete, 21)...).stages(claim)
		p := w.compute(t)
		wantPlan(t, p, "-remove nas/Bart/2026-11-15-010000")
		if got := expand(t, p).Changes[0][0].Op; got != diff.OpMarkDelete {
			t.Errorf("first step %s, want %s", got, diff.OpMarkDelete)
		}
		w.standard().MinKeep = 2
		p = w.compute(t)
		wantPlan(t, p)
		if got := notice(t, p, "outgoing"); !strings.Contains(got, "Bart/2026-11-15-010000") {
			t.Errorf("notice: %s", got)
		}
		wantPlan(t, destroying(w, "nas/Bart/2026-11-15-010000").compute(t), "-remove nas/Bart/2026-11-15-010000") // as it says
		w.options = diff.Options{}
		w.standard().MinKeep = 1
		wantPlan(t, w.holds("nas", set(key(16), state.Unknown)).compute(t))
	}
}

func TestCompute_inPlaceLeavesHalfUploadsOfOthersAlone(t *testing.T) {
	w := inPlace().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(key(21), state.Unmarked, "disk.vmdk:17"))
	p := w.compute(t)
	wantPlan(t, p)
	if got := notice(t, p, "half"); !strings.Contains(got, "Delete it by hand") {
		t.Errorf("notice: %s", got)
	}
}

func TestCompute_inPlaceKeepsTheOnlyCopyInStaging(t *testing.T) {
	w := inPlace().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...).
		stages(staged(set(key(20), state.Complete), true))
	p := w.compute(t)
	wantPlan(t, p)
	notice(t, p, "stranded")
}

// TestOpen_refusesStepsInPlaceThatLeadElsewhere changes one thing of a good plan.
func TestOpen_refusesStepsInPlaceThatLeadElsewhere(t *testing.T) {
	part := set(key(15), state.Incomplete, "disk.vmdk:17")
	good := func() *diff.Plan {
		w := inPlace().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...).stages(atFinal(part, "disk.vmdk"))
		return w.compute(t)
	}
	for name, spoil := range map[string]func(p *diff.Plan){
		"upload into another set":       func(p *diff.Plan) { p.Changes[0].Path = "Bart/2026-11-20-010000" },
		"upload into staging":           func(p *diff.Plan) { p.Changes[0].Path = ".vmxsync/staging/Bart~2026-11-21-010000/set" },
		"upload from another set":       func(p *diff.Plan) { p.Changes[0].From = "Bart/2026-11-20-010000" },
		"publish by rename":             func(p *diff.Plan) { p.Changes[0].Mode = diff.Publish },
		"delete without retains":        func(p *diff.Plan) { p.Changes[1].Retains = nil },
		"delete of another set":         func(p *diff.Plan) { p.Changes[1].Path = "Bart/2026-11-20-010000" },
		"delete by trash":               func(p *diff.Plan) { p.Changes[1].InTrash = true },
		"delete of what was not seen":   func(p *diff.Plan) { p.Places[1].Observed[0].Sets = p.Places[1].Observed[0].Sets[1:] },
		"delete in a group without any": func(p *diff.Plan) { p.Places[1].Observed = nil },
		"abandon of another set":        func(p *diff.Plan) { p.Cleanups[0].Path = ".vmxsync/staging/Lisa~2026-11-20-010000" },
		"abandon of any claim":          func(p *diff.Plan) { p.Cleanups[0].Claim = "" },
		"publish that is none":          func(p *diff.Plan) { p.Places[1].Publish = "x" },
		"trust in place":                func(p *diff.Plan) { p.Places[1].Trust = true },
	} {
		t.Run(name, func(t *testing.T) {
			p := good()
			open := func() error {
				data, err := planfile.Seal(p, envelope, nil)
				if err != nil {
					t.Fatal(err)
				}
				_, err = planfile.Open(data, nil)
				return err
			}
			if err := open(); err != nil {
				t.Fatalf("the plan as it was made: %v", err)
			}
			spoil(p)
			if err := open(); err == nil || providers.Hint(err) == "" {
				t.Errorf("got %v, want a refusal with a hint", err)
			}
		})
	}
}

func TestSeal_saysPublishOnlyWhereItIsInPlace(t *testing.T) {
	for _, c := range []struct {
		w    *world
		want string
	}{{newWorld(), ""}, {inPlace(), "in_place"}} {
		p := c.w.holds("vmx", sets(state.Complete, 21)...).compute(t)
		data, err := json.Marshal(p.Places[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(data), `"publish":"in_place"`); got != (c.want != "") || string(p.Places[1].Publish) != c.want {
			t.Errorf("place %s, want publish %q", data, c.want)
		}
	}
}
