package apply_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// Between two deletes of one chain, the retained sets vanish.
func TestRun_keptSetsVanishBetweenTwoDeletes(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	script, done := faults.New(), false
	first := key("Bart", 18).String()
	second := key("Bart", 17).String()
	script.Observe(func(c faults.Call) {
		if !done && c.Op == faults.Rename && strings.HasPrefix(c.To, string(dir)+"/trash/") {
			done = true
			if c.Path == second {
				first, second = second, first
			}
			for _, d := range []int{20, 21} {
				remove(t, w.stores["nas"], key("Bart", d).String())
			}
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	t.Logf("done %v err %v, %v", done, err, r.Outcomes)
	if !w.has(t, "nas", second) {
		left := 0
		for d := 15; d < 22; d++ {
			if w.has(t, "nas", key("Bart", d).String()) {
				left++
			}
		}
		t.Errorf("%s was deleted although the sets that justify it are gone; %d sets are left, min_keep = %d", second, left, minKeep)
	}
}

// The victim got a file after the group was read.
func TestRun_setThatChangesBeforeItsDeleteLosesNoFile(t *testing.T) {
	for _, what := range []string{"precious", "empty.log"} {
		w := scene(t, chainScene)
		plan := w.plan(t)
		script, done := faults.New(), false
		var second string
		script.Observe(func(c faults.Call) {
			if !done && c.Op == faults.Rename && strings.HasPrefix(c.To, string(dir)+"/trash/") {
				done = true
				second = key("Bart", 17).String()
				if c.Path == second {
					second = key("Bart", 18).String()
				}
				w.plant("nas", second+"/"+what, "written by another")
			}
		})
		_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
		if !errors.Is(err, apply.ErrPartial) {
			t.Errorf("%s changed (%s): got %v", second, what, err)
		}
		files, kept := w.tree(t, "nas"), 0
		for p, text := range files {
			if strings.Contains(p, strings.ReplaceAll(second, "/", "~")) && (strings.HasSuffix(p, "/disk-flat.vmdk") || text == "written by another") || strings.HasPrefix(p, second+"/") {
				kept++
			}
		}
		if kept < 2 {
			t.Errorf("%s changed (%s) and lost files: %v", second, what, err)
		}
	}
}

// The lock is lost just before the claim of an upload that goes on.
func TestRun_claimThatGoesOnDeletesNothingWithoutTheLock(t *testing.T) {
	w := scene(t, "continue what an earlier run began")
	k := key("Marge", 21)
	theirs := dir.StagedSet(k) + "/" + state.ManifestName
	plan := w.plan(t)
	script, lost := faults.New(), false
	var after []string
	script.Observe(func(c faults.Call) {
		if lost && (c.Op == faults.Remove || c.Op == faults.Rename || c.Op == faults.Put) && !strings.HasPrefix(c.Path, work+"/lock") {
			after = append(after, c.String())
		}
		if !lost && c.Op == "journal" && len(w.holders(t, "nas")) > 0 {
			lost = true
			for _, h := range w.holders(t, "nas") {
				if err := w.stores["nas"].Rename(t.Context(), dir.Held()+"/"+h, dir.Held()+"/aaaaaa~otherhost~20261122t120000z"); err != nil {
					t.Fatal(err)
				}
			}
			w.plant("nas", theirs, "the manifest that the new holder has just written")
		}
	})
	_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, machine: lock.Here(t.TempDir())})
	t.Logf("lost %v: %v", lost, err)
	if len(after) > 0 {
		t.Errorf("after the lock was lost: %s", strings.Join(after, "\n"))
	}
	if !w.has(t, "nas", theirs) {
		t.Error("the manifest of the new holder was deleted")
	}
}

// A file did not arrive, is sent again, and the process dies while the place has
// reserved its whole size.
func TestRun_crashWhileAFileIsSentAgain(t *testing.T) {
	for _, how := range []string{"same plan", "new plan"} {
		w := scene(t, chainScene)
		plan := w.plan(t)
		disk := dir.StagedSet(key("Bart", 21)) + "/disk-flat.vmdk"
		script := faults.New(faults.CrashOn(faults.On(disk, faults.Put), 1, faults.Before))
		stage := 0
		script.Observe(func(c faults.Call) {
			switch {
			case c.Op == faults.Put && strings.HasSuffix(c.Path, state.ManifestName) && stage == 0:
				stage = 1
				w.stores["nas"].Remove(t.Context(), disk)
			case stage > 0 && c.Op == "journal":
				if stage++; stage != 3 { // 2: the manifest is done, 3: the file is begun again
					return
				}
				// what the second put leaves when it is killed
				w.plant("nas", disk, strings.Repeat("\x00", len(content(key("Bart", 21))["disk-flat.vmdk"])))
			}
		})
		log := &memLog{}
		_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, log: log})
		t.Logf("%s: stage %d, crashed: %v %v", how, stage, err, script.AllHit())
		if how == "same plan" {
			_, err = w.apply(t.Context(), plan, run{id: thisRun, log: log})
		} else {
			_, err = w.apply(t.Context(), w.plan(t), run{id: nextRun})
		}
		t.Logf("%s: then: %v", how, err)
		got, there := w.tree(t, "nas")[key("Bart", 21).String()+"/disk-flat.vmdk"]
		if there && got != content(key("Bart", 21))["disk-flat.vmdk"] {
			t.Errorf("%s: a set with half a file was published; 17 there: %v", how, w.has(t, "nas", key("Bart", 17).String()))
		}
	}
}

// The manifest that is published is not the one that was written.
func TestRun_manifestOfAnotherRunJustifiesNoDelete(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	staged := dir.StagedSet(key("Bart", 21)) + "/" + state.ManifestName
	script, done := faults.New(), false
	script.Observe(func(c faults.Call) {
		if !done && (c.Op == faults.Put && c.Path == staged || c.Op == faults.Rename && c.To == staged) {
			done = true
			m, err := state.ParseManifest([]byte(slurp(t, w.stores["nas"], staged)))
			if err != nil {
				t.Fatal(err)
			}
			m.Run = nextRun
			for i := range m.Files {
				m.Files[i].SHA256 = strings.Repeat("a", 64)
			}
			w.plant("nas", staged, string(m.Encode()))
		}
	})
	_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Errorf("done %v: got %v", done, err)
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18))
}

// A torn manifest of the right size.
func TestRun_manifestOfOtherBytesJustifiesNoDelete(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	staged := dir.StagedSet(key("Bart", 21)) + "/" + state.ManifestName
	script, done := faults.New(), false
	script.Observe(func(c faults.Call) {
		if !done && (c.Op == faults.Put && c.Path == staged || c.Op == faults.Rename && c.To == staged) {
			done = true
			text := slurp(t, w.stores["nas"], staged)
			w.plant("nas", staged, strings.Repeat("\x00", len(text)))
		}
	})
	_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Errorf("got %v, want ErrPartial", err)
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18))
}

// A file stands at the final name.
func TestRun_fileAtTheFinalNameIsFoundBeforeAnythingIsSent(t *testing.T) {
	taken := key("Bart", 21).String()
	w, r := disturb(t, faults.On(dir.Staged(key("Bart", 21)), faults.MakeDir), func(w *world) { w.plant("nas", taken, "!") })
	sent := w.has(t, "nas", dir.StagedSet(key("Bart", 21))+"/disk-flat.vmdk")
	t.Logf("%v", r.Outcomes)
	if sent {
		t.Error("the payload was sent before the name was found taken")
	}
}
