package apply

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// No plan can make a step need less, or what is not done by then; it is checked all the
// same.
func TestPerformStep_stepWhoseNeedsAreNotDoneIsNotDone(t *testing.T) {
	store, folder := mem.New(time.Now), ".vmxsync/staging/Bart~2026-11-21-010000"
	store.Plant(providers.File{Path: folder + "/claim", ModTime: time.Now()}, []byte("claim"))
	st := &stepper{journal: journal.Discard("20261128T020000Z-0001"), env: func(j *job) task.Env { return j.Env }}
	s := diff.Step{ID: "nas/Bart/2026-11-21-010000#release", Op: diff.OpRelease, From: folder, Needs: []string{"nas/Bart/2026-11-21-010000#publish"}}
	of := task.Job{Address: "nas/Bart/2026-11-21-010000", Place: diff.Place{Name: "nas", WorkDir: ".vmxsync"}}
	j := &job{Env: task.Env{Job: of, Store: store, Journal: st.journal}}
	if err := st.performStep(t.Context(), j, s); err == nil || !strings.Contains(err.Error(), "which is not done") {
		t.Errorf("got %v, want that the publish is not done", err)
	}
	if _, err := store.Stat(t.Context(), folder+"/claim"); err != nil {
		t.Errorf("the step was done: %v", err)
	}
	if was, _ := st.journal.Of(s.ID); was != journal.Never {
		t.Errorf("the journal has the step as %v", was)
	}
}
