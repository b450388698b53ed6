package diff_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// The run id names what is moved to trash, and nothing else.
func TestExpand_putsTheRunIntoTheNamesInTrash(t *testing.T) {
	p := busyWorld().compute(t)
	steps, err := diff.Expand(p, propertyRun)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for i, list := range expand(t, p).Changes {
		for j, s := range list {
			s.From, s.To = strings.ReplaceAll(s.From, diff.RunPlaceholder, propertyRun), strings.ReplaceAll(s.To, diff.RunPlaceholder, propertyRun)
			if !reflect.DeepEqual(s, steps.Changes[i][j]) {
				t.Errorf("got %+v, want %+v", steps.Changes[i][j], s)
			}
			if strings.Contains(s.To, propertyRun) {
				named++
			}
		}
	}
	if named != 3 {
		t.Errorf("%d steps lead to trash, want a replace and two deletes", named)
	}
}

// What a step needs and expects does not depend on where its change is in the plan, as long
// as the deletes of a group are in their order.
func TestExpand_createsComeFirstWhereverTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := computed(t, drawWorld(t))
		want := map[string][]diff.Step{}
		for i, list := range expand(t, p).Changes {
			want[p.Changes[i].Address] = needsSorted(list)
		}
		shuffled := *p
		shuffled.Changes = slices.Clone(p.Changes)
		slices.SortStableFunc(shuffled.Changes, func(a, b diff.Change) int { return int(b.Action) - int(a.Action) })
		for i, list := range expand(t, &shuffled).Changes {
			if a := shuffled.Changes[i].Address; !reflect.DeepEqual(needsSorted(list), want[a]) {
				t.Fatalf("%s: got %+v, want %+v", a, list, want[a])
			}
		}
	})
}

// needsSorted is a copy of steps with sorted needs, the order of which means nothing.
func needsSorted(steps []diff.Step) []diff.Step {
	sorted := slices.Clone(steps)
	for i := range sorted {
		sorted[i].Needs = slices.Sorted(slices.Values(sorted[i].Needs))
	}
	return sorted
}

func TestExpand_changesNothingOfThePlan(t *testing.T) {
	p := busyWorld().compute(t)
	before, _ := json.Marshal(p)
	if !reflect.DeepEqual(expand(t, p), expand(t, p)) {
		t.Error("the second time, the steps are others")
	}
	if after, _ := json.Marshal(p); string(after) != string(before) {
		t.Errorf("got %s, want %s", after, before)
	}
}

// A delete expects the group as it is seen, whatever an earlier delete or an upload of the plan
// makes of it.
func TestExpand_expectsWhatThePlanSaw(t *testing.T) {
	p := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...).compute(t)
	before := expand(t, p).Changes[1][0].Expect
	p.Places[1].Observed[0].Sets[2].SHA256 = diff.RunDigest("another content")
	if after := expand(t, p).Changes[1][0].Expect; after == before {
		t.Error("it expects the same of another group")
	}
}

// Steps lead nowhere but into the work folder and to the final name, whatever a plan says.
func TestExpand_stepsStayInTheirFolders(t *testing.T) {
	odd := []string{"..", ".", "", "a/../..", "/etc", "Lisa", "Lisa/2026-11-20-010000", ".vmxsync", "x\x00", strings.Repeat("x", 300)}
	rapid.Check(t, func(rt *rapid.T) {
		p := computed(rt, drawWorld(rt))
		if len(p.Changes) == 0 {
			return
		}
		text := func() string { return rapid.SampledFrom(odd).Draw(rt, "text") }
		c := &p.Changes[rapid.IntRange(0, len(p.Changes)-1).Draw(rt, "change")]
		edits := []func(){
			func() { c.Path = text() }, func() { c.From = text() }, func() { c.Source = text() }, func() { c.Mode = diff.Mode(text()) },
			func() { c.Address = "nas/" + text() + "/2026-11-20-010000" },
			func() {
				if len(c.Files) > 0 {
					c.Files[0].Path = text()
				}
			},
			func() {
				if len(p.Cleanups) > 0 {
					p.Cleanups[0].Path, p.Cleanups[0].VM = text(), "Lisa"
				}
			},
		}
		rapid.SampledFrom(edits).Draw(rt, "edit")()
		steps, err := diff.Expand(p, propertyRun)
		if err != nil {
			return
		}
		for i, list := range steps.Changes {
			_, k, _ := state.SplitAddress(p.Changes[i].Address)
			for _, s := range list {
				for _, to := range []string{s.From, s.To} {
					inside := to == "" || strings.HasPrefix(to, k.String()) || strings.HasPrefix(to, ".vmxsync/staging/"+k.Decorated()) || strings.HasPrefix(to, ".vmxsync/trash/"+k.Decorated())
					if !inside || strings.Contains(to, "..") {
						rt.Fatalf("%s: %s from %q to %q", p.Changes[i].Address, s.Op, s.From, s.To)
					}
				}
			}
		}
	})
}
