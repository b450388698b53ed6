package diff_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state"
)

// A VM whose name has changed in case only would get a folder that is the old
// one's on a disk which ignores case, and makes both untouchable on others.
func TestCompute_vmThatDiffersInCaseOnlyIsLeftAlone(t *testing.T) {
	w := newWorld().holds("vmx", set(keyOf("bart", 21), state.Complete), set(keyOf("Lisa", 21), state.Complete)).
		holds("nas", sets(state.Complete, 19, 20)...)
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Lisa/2026-11-21-010000")
	if got := notice(t, p, "name"); !strings.Contains(got, "bart: Bart and bart are the same name where case does not matter") {
		t.Errorf("got %s", got)
	}
	for _, kept := range []string{"nas/Bart/2026-11-19-010000", "nas/Bart/2026-11-20-010000"} {
		if !strings.Contains(sealed(t, p), kept) {
			t.Errorf("%s is not kept", kept)
		}
	}
}

// Two new VMs from two sources have no folder yet: neither gets one.
func TestCompute_newVMsThatDifferInCaseOnlyAreLeftAlone(t *testing.T) {
	w := newWorld().holds("vmx", set(keyOf("bart", 21), state.Complete)).holds("second", set(keyOf("BART", 21), state.Complete))
	second, b := *w.vmx(), w.spec.Backups[0]
	second.Name, b.Name, b.Source = "second", "other", "second"
	w.spec.Sources, w.spec.Backups = append(w.spec.Sources, second), append(w.spec.Backups, b)
	p := w.compute(t)
	wantPlan(t, p)
	if got := notice(t, p, "name"); !strings.Contains(got, "2 names cannot be used") {
		t.Errorf("got %s", got)
	}
}

// Where the time is the outer folder, their sets do not meet.
func TestCompute_vmThatDiffersInCaseOnlyHasAFolderOfItsOwn(t *testing.T) {
	layout, err := state.ParseLayout("%Y-%m-%d-%H%M%S/{vm}")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld().holds("vmx", set(keyOf("bart", 21), state.Complete))
	old := set(key(20), state.Complete)
	old.Path = layout.Path(old.Key)
	w.holds("nas", old)
	w.nas().Layout = layout
	wantPlan(t, w.compute(t), "+upload nas/bart/2026-11-21-010000")
}

// What is left of a VM under its old name keeps nobody away for ever: it goes
// first where it would meet the new one.
func TestCompute_leftoversOfTheOldNameGoFirst(t *testing.T) {
	const run = "20261101T000000Z-000000000000"
	renamed := func() *world { return newWorld().holds("vmx", set(keyOf("bart", 21), state.Complete)) }
	const comes = "+upload nas/bart/2026-11-21-010000"
	wantPlan(t, renamed().trashes(trashed(set(key(20), state.Complete), run, false)).compute(t),
		comes, "(trash) .vmxsync/trash/Bart~2026-11-20-010000~"+run+"~del")
	w := renamed().trashes(trashed(set(key(20), state.Complete), run, false))
	w.nas().TrashKeep = 1 << 60
	wantPlan(t, w.compute(t), comes)
	wantPlan(t, renamed().stages(staged(set(key(20), state.Complete), false)).compute(t), comes)
	wantPlan(t, renamed().trashes(trashed(set(key(20), state.Complete), run, true)).compute(t),
		"(return) .vmxsync/trash/Bart~2026-11-20-010000~"+run+"~rep")
}
