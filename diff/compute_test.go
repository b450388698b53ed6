package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/state/config"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func TestCompute_uploadsNewestThenDeletesOldest(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 16, 17, 18, 19)...)
	p := w.compute(t)
	wantPlan(t, p,
		"+upload nas/Bart/2026-11-21-010000", "+upload nas/Bart/2026-11-20-010000",
		"-remove nas/Bart/2026-11-16-010000", "-remove nas/Bart/2026-11-17-010000", "-remove nas/Bart/2026-11-18-010000")
	want := diff.Summary{Add: 2, Destroy: 3, Unchanged: 1, UploadBytes: 2024, FreeBytes: 3036}
	if p.Summary != want {
		t.Errorf("got %+v, want %+v", p.Summary, want)
	}
}

func TestCompute_deleteWaitsForUploadsAndSaysWhatItExpects(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 17, 18, 19, 20)...)
	p := w.compute(t)
	digest := state.Digest(set(key(1), state.Complete).Files)
	standing := map[state.Stamp]string{}
	for day := 17; day <= 21; day++ {
		standing[key(day).Stamp] = digest
	}
	retains := []string{"nas/Bart/2026-11-21-010000", "nas/Bart/2026-11-20-010000", "nas/Bart/2026-11-19-010000"}
	needs := []string{"nas/Bart/2026-11-21-010000#publish"}
	for i, c := range p.Changes[1:] {
		trash := expand(t, p).Changes[i+1][0]
		if got, want := trash.Expect, diff.GroupDigest(standing); got != want {
			t.Errorf("%s: expects %s, want %s", c.Address, got, want)
		}
		if !slices.Equal(trash.Retains, retains) || !slices.Equal(trash.Needs, needs) {
			t.Errorf("%s: retains %q, needs %q, want %q, %q", c.Address, trash.Retains, trash.Needs, retains, needs)
		}
		delete(standing, key(17+i).Stamp)
		needs = []string{trash.ID}
	}
}

func TestCompute_stepsOfUpload(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...)
	p := w.compute(t)
	c := p.Changes[0]
	var got []string
	for _, s := range expand(t, p).Changes[0] {
		got = append(got, strings.TrimPrefix(s.ID, c.Address)+" "+s.From+" > "+s.To)
	}
	work := ".vmxsync/staging/Bart~2026-11-21-010000"
	want := []string{
		"#claim  > " + work + "/claim",
		"#put:disk.vmdk Bart/2026-11-21-010000/disk.vmdk > " + work + "/set/disk.vmdk",
		"#put:vm.vmx Bart/2026-11-21-010000/vm.vmx > " + work + "/set/vm.vmx",
		"#manifest " + work + "/manifest > " + work + "/set/vmxsync.sha256",
		"#publish " + work + "/set > Bart/2026-11-21-010000",
		"#release " + work + " > ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCompute_nothingToDo(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 19, 20, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...)
	p := w.compute(t)
	if !p.Empty() || len(p.Kept) != 3 || len(p.Groups) != 0 || len(p.Notices) != 0 {
		t.Errorf("got %v, %d kept, %d groups, notices %v", say(p), len(p.Kept), len(p.Groups), p.Notices)
	}
}

func TestCompute_localSetsThatNoRuleKeepsAreNotUploaded(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 17, 18, 19, 20, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...)
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "not-uploaded", "nas: 2 local sets are not uploaded: no rule would keep them "+
		"(Bart/2026-11-17-010000: quota last 3 of 3 reached at 2026-11-19-010000). For the reason per set: vmxsync retention explain VM")
}

func TestCompute_keepsWhatIsPinnedAndTellsAPinOfNothing(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 16, 17, 18, 19, 20, 21)...).holds("vmx", sets(state.Complete, 21)...)
	w.standard().Pins = []config.Pin{{Key: key(16), Reason: "before the migration"}, {Key: key(15)}}
	p := w.compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-17-010000", "-remove nas/Bart/2026-11-18-010000")
	if got := p.Kept[0].Reasons[0].Text; got != "pinned: before the migration" {
		t.Errorf("kept for %q", got)
	}
	wantNotice(t, p, "pin", "nas: a pin names no set (Bart/2026-11-15-010000): it protects nothing. Take the pin block out of the retention.")
}

func TestCompute_tellsOfCapsThatAreNotEnforced(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 1, 2)...).holds("nas", set(key(3), state.Complete, "disk.vmdk:-1"))
	w.holds("vmx", sets(state.Settling, 21)...)
	w.standard().MaxAge, w.standard().MaxSize = config.Span{Days: 7}, 1
	w.spec.Guard.MinSizePercent = 0 // the third is not like the others
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "max_age", "nas: max_age is not enforced for 1 VM (Bart): its newest set is itself older.")
	wantNotice(t, p, "max_size_per_vm", "nas: max_size_per_vm is not enforced for 1 VM (Bart): the size of a set is not known. "+
		"Make it readable at the destination, or take max_size_per_vm out of the retention.")
}

func TestCompute_capsCountWhatWillBeThere(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 19, 20)...).holds("vmx", sets(state.Complete, 20, 21)...)
	w.standard().KeepLast, w.standard().MaxSize = 0, 2*1012
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-19-010000")
	if got := p.Changes[1].Reasons[0].Text; got != "max_size_per_vm 2.0 KiB: 3.0 KiB would be kept" {
		t.Errorf("removed for %q", got)
	}
}

func TestCompute_aLocalSetThatVanishedIsNoReasonToDelete(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...)
	wantPlan(t, w.compute(t))
}

func TestCompute_differsIsKeptAndNotCounted(t *testing.T) {
	w := newWorld().holds("vmx", set(key(21), state.Complete, "disk.vmdk:5")).holds("nas", sets(state.Complete, 18, 19, 20, 21)...)
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "differs", "nas: 1 set changed after it was published (Bart/2026-11-21-010000): kept, not counted. Compare with the source before you trust either; vmxsync plan -replace=nas/Bart/2026-11-21-010000 -out=plan.out sends the local set again.")
	if got := p.Kept[3]; got.State != state.Differs {
		t.Errorf("got %+v, want state differs", got)
	}
}

func TestCompute_unmarkedIsKeptAndNotCounted(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).
		holds("nas", sets(state.Unmarked, 15, 16, 17)...).holds("nas", sets(state.Complete, 18, 19, 20)...)
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-18-010000")
	got := notice(t, p, "unmarked")
	if want := "nas: 3 sets of 1 VM are unmarked (3.0 KiB): kept, not counted, never rotated."; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s…", got, want)
	}
}

func TestCompute_trustedUnmarkedIsRotated(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Unmarked, 18, 19, 20)...)
	w.nas().TrustUnmarked = true
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-18-010000")
}

func TestCompute_trustWaitsForSettleAndEqualContent(t *testing.T) {
	young := set(key(20), state.Unmarked)
	young.Files[0].ModTime = noon.Add(-time.Minute)
	timeless := set(key(19), state.Unmarked)
	timeless.Files[0].ModTime = time.Time{}
	other := set(key(21), state.Unmarked, "alien.vmdk")
	w := newWorld().holds("vmx", set(key(21), state.Complete)).holds("nas", young, timeless, other).
		holds("nas", sets(state.Complete, 16, 17, 18)...)
	w.nas().TrustUnmarked = true
	p := w.compute(t)
	wantPlan(t, p)
	if got := notice(t, p, "untrusted"); !strings.HasPrefix(got, "nas: 3 sets of 1 VM are unmarked and cannot be trusted yet") {
		t.Errorf("got %s", got)
	}
}

func TestCompute_adoptsEqualUnmarked(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Unmarked, 21)...).
		holds("nas", sets(state.Complete, 18, 19, 20)...)
	p := w.compute(t)
	wantPlan(t, p, "~adopt nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-18-010000")
	if got, want := expand(t, p).Changes[1][0].Needs, []string{"nas/Bart/2026-11-21-010000#mark"}; !slices.Equal(got, want) {
		t.Errorf("trash needs %q, want %q", got, want)
	}
	if got := p.Summary.UploadBytes; got != 0 {
		t.Errorf("adopting uploads %d bytes", got)
	}
}

func TestCompute_adoptsOnlyWhatIsKept(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 10, 21)...).holds("nas", sets(state.Unmarked, 10)...).
		holds("nas", sets(state.Complete, 19, 20, 21)...)
	p := w.compute(t)
	wantPlan(t, p)
	if got := p.Kept[0]; got.State != state.Unmarked || got.Reasons[0].Rule != "unmarked" {
		t.Errorf("got %+v, want unmarked", got)
	}
}

func TestCompute_replacesHalfUpload(t *testing.T) {
	for name, half := range map[string]state.Set{
		"a short file": set(key(21), state.Unmarked, "disk.vmdk:17"),
		"nothing":      {Key: key(21), State: state.Unmarked, Path: key(21).String()},
	} {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", half)
		p := w.compute(t)
		wantPlan(t, p, "~replace nas/Bart/2026-11-21-010000")
		c := p.Changes[0]
		ops := []diff.Op{}
		for _, s := range expand(t, p).Changes[0] {
			ops = append(ops, s.Op)
		}
		want := []diff.Op{"claim", "put", "put", "manifest", "aside", "publish", "release"}
		if !slices.Equal(ops, want) || len(c.Before) != len(half.Files) {
			t.Errorf("%s: got %v, %d files before, want %v, %d", name, ops, len(c.Before), want, len(half.Files))
		}
	}
}

func TestCompute_leavesAloneWhatIsNoHalfUpload(t *testing.T) {
	young := set(key(21), state.Unmarked, "disk.vmdk:17")
	young.Files[0].ModTime = noon.Add(-time.Minute)
	for name, remote := range map[string]state.Set{
		"a file of its own": set(key(21), state.Unmarked, "disk.vmdk:17", "other"),
		"a larger file":     set(key(21), state.Unmarked, "disk.vmdk:1001"),
		"still growing":     young,
	} {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", remote)
		if got := say(w.compute(t)); len(got) > 0 {
			t.Errorf("%s: got %v, want nothing", name, got)
		}
	}
}

func TestCompute_unknownHoldsDeletes(t *testing.T) {
	unknown := set(key(10), state.Unknown)
	unknown.Problem = "listing cut"
	w := newWorld().holds("vmx", sets(state.Complete, 12, 21)...).holds("nas", sets(state.Complete, 17, 18, 19, 20)...).holds("nas", unknown)
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000")
	wantNotice(t, p, "unknown", "nas: its sets of 1 VM (Bart) are not known: nothing of it is uploaded or deleted. listing cut.")
}

func TestCompute_unknownVMIsLeftAlone(t *testing.T) {
	for _, vm := range []string{"Bart", state.AnyVM} {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...).stages(staged(set(key(20), state.Complete), false)).
			trashes(trashed(set(key(19), state.Complete), "20260101T000000Z-000000000000", true)).
			change("nas", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{vm: "listing cut"} })
		p := w.compute(t)
		wantPlan(t, p)
		notice(t, p, "unknown")
	}
}

func TestCompute_unknownSourceHoldsDeletes(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 17, 18, 19, 20)...).
		change("vmx", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Bart": "permission denied"} })
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "unknown", "vmx: its sets of 1 VM (Bart) are not known: nothing of it is uploaded or deleted. permission denied.")
}

func TestCompute_ignoredEmptySourceHoldsDeletes(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 17, 18, 19, 20)...)
	w.vmx().OnEmpty = "ignore"
	w.spec.Backups[0].VMs = []string{"Bart"}
	p := w.compute(t)
	wantPlan(t, p)
	if got := p.Kept[0].Reasons[0].Text; got != "nothing is deleted while vmx holds no sets" {
		t.Errorf("got reason %q", got)
	}
}

func TestCompute_orphanIsRotatedOnlyByName(t *testing.T) {
	w := newWorld().holds("vmx", set(keyOf("Lisa", 21), state.Complete)).holds("nas", sets(state.Complete, 17, 18, 19, 20)...).
		holds("nas", set(keyOf("Lisa", 21), state.Complete))
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "orphan", "nas: no source holds 1 VM (Bart): 4 sets kept, not rotated. If a VM is gone for good, list it in retired of its backup: its sets are under retention then.")

	w.spec.Backups[0].VMs = []string{"*", "Bart"}
	wantPlan(t, w.compute(t), "-remove nas/Bart/2026-11-17-010000")
}

func TestCompute_unassignedIsKept(t *testing.T) {
	w := newWorld().holds("vmx", set(keyOf("Lisa", 21), state.Complete), set(keyOf("Maggie", 21), state.Complete)).
		holds("nas", sets(state.Complete, 17, 18, 19, 20)...).holds("nas", set(keyOf("Lisa", 21), state.Complete))
	w.spec.Backups[0].VMs = []string{"Lisa"}
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "unassigned", "nas: no backup sends 1 VM (Bart) here: 4 sets kept, not rotated.")
	wantNotice(t, p, "unmatched", "vmx: no backup matches 1 VM (Maggie): nothing of it is backed up. Add it to vms of a backup, or to exclude.")

	w.spec.Backups[0].Exclude = []string{"Maggie"}
	w.spec.Backups[0].VMs = []string{"*"}
	for _, n := range w.compute(t).Notices {
		if n.Code == "unmatched" {
			t.Errorf("an excluded VM is told as %s", n.Text)
		}
	}
}

func TestCompute_sourceNotices(t *testing.T) {
	broken := set(key(20), state.NotReady)
	broken.Problem = "link.vmdk is not a regular file (link)"
	w := newWorld().holds("vmx", set(key(21), state.Settling), broken)
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "settling", "vmx: 1 set is still being written (Bart/2026-11-21-010000): younger than settle = 10m.")
	wantNotice(t, p, "not-backed-up", "vmx: the newest set of 1 VM (Bart) is not backed up. Bart/2026-11-20-010000: link.vmdk is not a regular file (link).")
}

func TestCompute_publishesWhatIsWholeInStaging(t *testing.T) {
	for name, local := range map[string][]state.Set{
		"local set there": sets(state.Complete, 21),
		"local set gone":  {set(keyOf("Bart", 5), state.Settling)},
	} {
		w := newWorld().holds("vmx", local...).stages(staged(set(key(21), state.Complete), true))
		p := w.compute(t)
		if got, want := say(p), []string{"+publish nas/Bart/2026-11-21-010000"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestCompute_whatTheSourceSaysOutranksStaging(t *testing.T) {
	w := newWorld().holds("vmx", set(key(21), state.Complete, "disk.vmdk:2000")).stages(staged(set(key(21), state.Complete), true))
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000")
}

func TestCompute_resumesStartedUpload(t *testing.T) {
	start := staged(set(key(21), state.Complete), false)
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).stages(start)
	wantPlan(t, w.compute(t), "~resume nas/Bart/2026-11-21-010000")
}

func TestCompute_stagedSetThatNoRuleKeepsIsDeleted(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 19, 20, 21)...).
		stages(staged(set(key(10), state.Complete), true))
	p := w.compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-10-010000")
	if s, c := expand(t, p).Changes[0], p.Changes[0]; len(s) != 1 || s[0].Op != diff.OpPurge || len(c.Files) != 4 {
		t.Errorf("got steps %v, files %v", s, c.Files)
	}
}

func TestCompute_clearsAbandonedStaging(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...).
		stages(staged(set(key(10), state.Complete), false), staged(set(key(21), state.Complete), false))
	wantPlan(t, w.compute(t), "(staging) .vmxsync/staging/Bart~2026-11-10-010000", "(staging) .vmxsync/staging/Bart~2026-11-21-010000")
}

func TestCompute_keepsNewestStart(t *testing.T) {
	w := newWorld().holds("vmx", set(key(1), state.Settling)).holds("nas", sets(state.Complete, 15)...).
		stages(staged(set(key(10), state.Complete), false), staged(set(key(20), state.Complete), false), staged(set(key(21), state.Complete), false))
	p := w.compute(t)
	wantPlan(t, p, "(staging) .vmxsync/staging/Bart~2026-11-10-010000", "(staging) .vmxsync/staging/Bart~2026-11-20-010000")
}

func TestCompute_trash(t *testing.T) {
	const old, young = "20261101T000000Z-000000000000", "20261121T000000Z-000000000000"
	base := func() *world {
		return newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...)
	}
	s21, s10 := set(key(21), state.Unmarked), set(key(10), state.Unmarked)
	for _, c := range []struct {
		name string
		in   state.Trashed
		want []string
	}{
		{"deleted", trashed(s10, young, false), []string{"(trash) .vmxsync/trash/Bart~2026-11-10-010000~" + young + "~del"}},
		{"replaced, name absent", trashed(s10, young, true), []string{"(return) .vmxsync/trash/Bart~2026-11-10-010000~" + young + "~rep"}},
		{"replaced lately", trashed(s21, young, true), nil},
		{"replaced long ago", trashed(s21, old, true), []string{"(trash) .vmxsync/trash/Bart~2026-11-21-010000~" + old + "~rep"}},
		{"replaced at an unknown time", trashed(s21, "xyz", true), nil},
	} {
		if got := say(base().trashes(c.in).compute(t)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestCompute_trashKeepsDeletedSetsForAWhile(t *testing.T) {
	young, old := "20261121T120000Z-6f1c0e8a2b9d", "20261120T115959Z-6f1c0e8a2b9d"
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20)...).
		trashes(trashed(set(key(2), state.Complete), old, false), trashed(set(key(3), state.Complete), young, false), trashed(set(key(4), state.Complete), "x", false))
	w.nas().TrashKeep = 48 * time.Hour
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-18-010000",
		"(trash) .vmxsync/trash/Bart~2026-11-02-010000~"+old+"~del")
	if got := saysSteps(expand(t, p).Changes[1]); len(got) != 1 || p.Summary.FreeBytes != 0 {
		t.Errorf("steps %q, %d bytes to free, want the move to trash alone", got, p.Summary.FreeBytes)
	}
	wantNotice(t, p, "trash", "nas: 2 sets of 1 VM are in trash (2.0 KiB), for trash_keep = 48h.")
}

func TestCompute_replacedStaysWhileItsNameIsCreated(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).
		trashes(trashed(set(key(21), state.Unmarked), "20261101T000000Z-000000000000", true))
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000")
}

func TestCompute_returnHoldsDeletes(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...).
		trashes(trashed(set(key(10), state.Unmarked), "20261101T000000Z-000000000000", true))
	p := w.compute(t)
	wantPlan(t, p, "(return) .vmxsync/trash/Bart~2026-11-10-010000~20261101T000000Z-000000000000~rep")
	if len(p.Groups) != 1 {
		t.Errorf("got %d groups, want the one that changes", len(p.Groups))
	}
}

func TestCompute_whatWouldLetAReplacedSetComeBackStays(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...).
		trashes(trashed(set(key(18), state.Unmarked), "20261121T000000Z-000000000000", true))
	p := w.compute(t)
	wantPlan(t, p)
	if got, want := p.Kept[0].Reasons[0].Text, "the set that it replaced is still in trash and would be moved back"; got != want {
		t.Errorf("got reason %q, want %q", got, want)
	}
}

func TestCompute_firstUse(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).change("nas", func(inv *state.Inventory) { inv.Owner = "" })
	p := w.compute(t)
	if s := expand(t, p).Places[1]; len(s) != 1 || s[0].ID != "nas#own" || s[0].To != ".vmxsync/owner" {
		t.Errorf("got steps %v, want nas#own", s)
	}
	wantNotice(t, p, "first-use", "nas: first use: ftp://nas:21/vm gets the folder .vmxsync and belongs to site from then on.")
}

func TestCompute_refuses(t *testing.T) {
	offline := func(inv *state.Inventory) { inv.Err = providers.ErrUnreachable }
	for _, c := range []struct {
		name string
		edit func(*world)
		want error
	}{
		{"foreign owner", func(w *world) { w.change("nas", func(inv *state.Inventory) { inv.Owner = "other" }) }, diff.ErrOwner},
		{"empty source", func(w *world) { w.inv["vmx"] = state.Inventory{} }, diff.ErrEmptySource},
		{"source that was not read", func(w *world) { w.change("vmx", offline) }, providers.ErrUnreachable},
		{"unreachable destination", func(w *world) { w.change("nas", offline) }, providers.ErrUnreachable},
		{"nothing reachable", func(w *world) { w.change("nas", offline); w.partial = true }, diff.ErrNothingReachable},
		{"two places of one name", func(w *world) { w.vmx().Name = "nas" }, diff.ErrAmbiguous},
		{"two backups of one VM", func(w *world) {
			second := *w.vmx()
			second.Name = "second"
			w.spec.Sources = append(w.spec.Sources, second)
			b := w.spec.Backups[0]
			b.Name, b.Source = "other", "second"
			w.spec.Backups = append(w.spec.Backups, b)
			w.holds("second", sets(state.Complete, 21)...)
		}, diff.ErrAmbiguous},
		{"a zone that is none", func(w *world) { w.vmx().Timezone = "Mars/Olympus" }, nil},
	} {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...)
		c.edit(w)
		_, err := diff.Compute(w.input())
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if providers.Hint(err) == "" {
			t.Errorf("%s: %v has no hint", c.name, err)
		}
	}
}

func TestCompute_joinsRefusals(t *testing.T) {
	w := newWorld().change("nas", func(inv *state.Inventory) { inv.Owner = "other" })
	_, err := diff.Compute(w.input())
	if !errors.Is(err, diff.ErrOwner) || !errors.Is(err, diff.ErrEmptySource) {
		t.Errorf("got %v, want both", err)
	}
}

func TestCompute_unreachableOptionalIsANotice(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).change("nas", func(inv *state.Inventory) { inv.Err = providers.ErrUnreachable })
	w.nas().Optional = true
	p := w.compute(t)
	wantPlan(t, p)
	wantNotice(t, p, "absent", "nas: could not be read and has no part in this plan, which is allowed as it is optional: cannot be reached.")
	if place, _ := p.Place("nas"); place.Unreachable == "" {
		t.Error("the place does not say that it was not reached")
	}
}

func TestCompute_namesThatDoNotFitUseUpNoPlace(t *testing.T) {
	long := strings.Repeat("x", 210)
	w := newWorld().holds("vmx", set(keyOf(long, 21), state.Complete)).
		holds("vmx", sets(state.Complete, 17, 18, 19)...).holds("vmx", set(key(20), state.Complete, strings.Repeat("y/", providers.MaxPath/2)+"z"))
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-19-010000", "+upload nas/Bart/2026-11-18-010000", "+upload nas/Bart/2026-11-17-010000")
	if got := notice(t, p, "name"); !strings.HasPrefix(got, "nas: 2 names cannot be used and are left alone") {
		t.Errorf("got %s", got)
	}
}

func TestCompute_warnsOfNamesThatWindowsReserves(t *testing.T) {
	w := newWorld().holds("vmx", set(key(20), state.Complete, "disk.vmdk", "what?.log"), set(key(21), state.Complete, "console.log"))
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "+upload nas/Bart/2026-11-20-010000")
	want := "nas: 1 set is uploaded with names that Windows cannot store, and could not be restored there. Bart/2026-11-20-010000: what?.log."
	if got := notice(t, p, "reserved"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCompute_badVMNameIsLeftAlone(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...)
	for day := 1; day < 6; day++ {
		w.holds("nas", set(keyOf("Ba\x1brt", day), state.Complete))
	}
	p := w.compute(t)
	wantPlan(t, p)
	notice(t, p, "odd-name")
}

func TestCompute_futureIsJudgedInTheZoneOfTheSource(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(state.Key{VM: "Bart", Stamp: "2026-11-24-000000"}, state.Complete), set(key(21), state.Complete))
	w.vmx().Timezone = "Pacific/Auckland" // 2026-11-23 01:00 there
	for _, n := range w.compute(t).Notices {
		t.Errorf("got notice %s", n.Text)
	}
	w.vmx().Timezone = "Local"
	notice(t, w.compute(t), "future-dated")
}

func TestCompute_doesNotDependOnOrder(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 20, 21)...).holds("nas", sets(state.Complete, 10, 11, 12)...).
		holds("nas", set(keyOf("Lisa", 1), state.Unmarked), set(keyOf("Maggie", 1), state.Damaged))
	w.spec.Variables = []config.Variable{{Name: "b", JSON: []byte("3")}, {Name: "a", JSON: []byte(`"x"`)}, {Name: "pw", Sensitive: true}}
	first := sealed(t, w.compute(t))
	for range 20 {
		if again := sealed(t, w.compute(t)); again != first {
			t.Fatalf("got\n%s\nwant\n%s", again, first)
		}
	}
}

func TestUnproven_namesWhatJustifiesDeletes(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 18, 19, 20, 21)...).
		holds("nas", set(keyOf("Lisa", 1), state.Complete), set(key(3), state.Unmarked))
	got := diff.Unproven(w.compute(t), w.inv)
	want := []state.Key{key(18), key(19), key(20), key(21)}
	if len(got) != 1 || !slices.Equal(got["nas"], want) {
		t.Errorf("got %v, want %v", got, want)
	}
	w.change("nas", func(inv *state.Inventory) {
		for i := range inv.Sets {
			inv.Sets[i].Manifest = &state.Manifest{}
		}
	})
	if got := diff.Unproven(w.compute(t), w.inv); len(got) > 0 {
		t.Errorf("after reading: got %v, want none", got)
	}
}

func TestRunTime_readsTheBeginningOfRunIDs(t *testing.T) {
	got, ok := decide.RunTime("20261122T233212Z-6f1c0e8a2b9d")
	if want := time.Date(2026, 11, 22, 23, 32, 12, 0, time.UTC); !ok || !got.Equal(want) {
		t.Errorf("got %v, %v, want %v", got, ok, want)
	}
	for _, bad := range []string{"", "2026", "6f1c0e8a2b9d4c71aaaa"} {
		if _, ok := decide.RunTime(bad); ok {
			t.Errorf("RunTime(%q) is a time", bad)
		}
	}
}
