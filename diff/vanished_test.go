package diff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// recorded gives nas the record of an apply that saw these sets.
func (w *world) recorded(sets ...state.Set) *world {
	r := &known.Record{Name: "site", Run: propertyRun, At: noon.Add(-24 * time.Hour), Seq: 4, Sets: []known.Set{}}
	for _, s := range sets {
		r.Put(diff.RecordOf(s.Key, s.Files))
	}
	return w.change("nas", func(inv *state.Inventory) { inv.Known = r })
}

func recordOf(t *testing.T, p *diff.Plan) *known.Record {
	t.Helper()
	nas, _ := p.Place("nas")
	if nas.Known == nil {
		t.Fatal("the plan leaves no record")
	}
	return nas.Known
}

func TestVanished_isAnErrorUntilItIsAccepted(t *testing.T) {
	here := sets(state.Complete, 20, 21)
	w := newWorld().holds("nas", here...).holds("vmx", here[1]).recorded(append(here, sets(state.Complete, 18, 19)...)...)
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "vanished", "nas: 2 sets of 1 VM (Bart) have vanished: recorded as complete, absent now, and not deleted by vmxsync. "+
		"Bart/2026-11-18-010000: last seen 2026-11-21; Bart/2026-11-19-010000: last seen 2026-11-21. "+
		"Look at the server first. To accept the loss: vmxsync plan -accept=\"nas/Bart\" -out=plan.out")
	if len(p.Failures()) != 1 {
		t.Errorf("got %v, want one failure", p.Failures())
	}
	r := recordOf(t, p)
	if r.Seq != 5 || r.Held() != 2 || len(r.Sets) != 4 {
		t.Errorf("got %+v", r)
	}

	// the record that says so is not written every night, and the date stays
	w.change("nas", func(inv *state.Inventory) { inv.Known = r })
	p = w.compute(t)
	if nas, _ := p.Place("nas"); nas.Known != nil {
		t.Errorf("it is written again: %+v", nas.Known)
	}
	if got := notice(t, p, "vanished"); !strings.Contains(got, "Bart/2026-11-18-010000: last seen 2026-11-21;") {
		t.Errorf("got %s", got)
	}

	w.options.Accept = []string{"nas/Bart/2026-11-18-010000"}
	p = w.compute(t)
	if got := notice(t, p, "vanished"); !strings.Contains(got, "1 set of 1 VM (Bart) has vanished") {
		t.Errorf("got %s", got)
	}
	if r := recordOf(t, p); len(r.Sets) != 3 {
		t.Errorf("got %+v", r)
	}
	notice(t, p, "accepted")
}

func TestVanished_countsAsLostForTheGuard(t *testing.T) {
	there := sets(state.Complete, 11, 12, 13, 14, 15, 16, 17)
	gone := sets(state.Complete, 1, 2, 3, 4, 5)
	w := newWorld().holds("nas", there...).holds("vmx", set(key(18), state.Complete))
	w.standard().KeepLast = 6
	if p := w.compute(t); p.Refused() {
		t.Fatalf("refused: %v", p.Guard.Refusals)
	}
	w.recorded(append(there, gone...)...)
	p := w.compute(t)
	if !p.Refused() {
		t.Fatalf("7 of 12 sets are lost, and the guard lets two more go: %v", say(p))
	}
	if got := p.Guard.Say(p.Guard.Refusals[0]); !strings.Contains(got, "nas: 12 -> 6 complete sets, 50 % lost (5 vanished)") {
		t.Errorf("got %s", got)
	}
	if _, err := planfile.Open(seal(t, p.HoldBack(), nil), nil); err != nil {
		t.Error(err)
	}
	if held := p.HoldBack(); held.Refused() || held.Summary.Add != 1 || held.Summary.Destroy != 0 {
		t.Errorf("got %v", say(held))
	}
}

// A delete of ours, a VM that is not known, a set that is back: no alarm.
func TestVanished_raisesNoFalseAlarm(t *testing.T) {
	here := sets(state.Complete, 20, 21)
	for name, w := range map[string]*world{
		"all there": newWorld().recorded(here...),
		"in trash":  newWorld().recorded(append(here, sets(state.Complete, 19)...)...).trashes(trashed(set(key(19), state.Complete), propertyRun, false)),
		"going": newWorld().recorded(append(here, sets(state.Complete, 19)...)...).change("nas", func(inv *state.Inventory) {
			inv.Going = []known.Key{key(19).AsRecorded()}
		}),
		"unknown": newWorld().recorded(append(here, set(keyOf("Lisa", 19), state.Complete))...).change("nas", func(inv *state.Inventory) {
			inv.UnknownVMs = map[string]string{"Lisa": "cut"}
		}),
		"damaged": newWorld().recorded(append(here, sets(state.Complete, 19)...)...).holds("nas", sets(state.Damaged, 19)...),
	} {
		t.Run(name, func(t *testing.T) {
			p := w.holds("nas", here...).holds("vmx", here[1]).compute(t)
			for _, n := range p.Notices {
				if n.Code == "vanished" {
					t.Error(n.Text)
				}
			}
		})
	}
}

// What is not as the record has it is read before it is believed.
func TestUnproven_readsWhatIsNotAsRecorded(t *testing.T) {
	rewritten := set(key(20), state.Complete, "disk.vmdk:999", "vm.vmx:13")
	w := newWorld().holds("nas", set(key(19), state.Complete), rewritten, set(key(21), state.Complete)).holds("vmx", set(key(22), state.Settling)).
		recorded(sets(state.Complete, 19, 20)...)
	got := diff.Unproven(w.compute(t), w.inv)["nas"]
	if len(got) != 2 || got[0] != key(20) || got[1] != key(21) {
		t.Errorf("got %v, want what was rewritten and what is not recorded", got)
	}
}
