package diff_test

import (
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// A local set whose files carry other times than those that were sent.
func TestCompute_rewrittenSinceItsUpload(t *testing.T) {
	for name, c := range map[string]struct {
		later time.Duration // of the local file, against what was sent
		known bool          // the manifest has times
		want  state.State
	}{
		"as it was sent":            {0, true, state.Complete},
		"the steps of a FAT disk":   {2 * time.Second, true, state.Complete},
		"summer time":               {time.Hour, true, state.Complete},
		"older: copied back":        {-time.Hour * 24, true, state.Complete},
		"an old manifest":           {time.Hour * 24, false, state.Complete},
		"newer":                     {3 * time.Second, true, state.Differs},
		"newer by more than DST":    {time.Hour + 3*time.Second, true, state.Differs},
		"written on the next night": {time.Hour * 24, true, state.Differs},
	} {
		s := madeBy("site", 20)
		for i := range s.Manifest.Files {
			if c.known {
				s.Manifest.Files[i].MTime = s.Files[i].ModTime.Add(-c.later)
			}
		}
		w := newWorld().holds("vmx", sets(state.Complete, 20)...).holds("nas", s)
		p := w.compute(t)
		if got := p.Kept[0].State; got != c.want {
			t.Errorf("%s: the copy is %s, want %s", name, got, c.want)
		}
		warned := slices.ContainsFunc(p.Notices, func(n diff.Notice) bool { return n.Code == "rewritten" && n.Warns() })
		if warned != (c.want == state.Differs) {
			t.Errorf("%s: warned: %v", name, warned)
		}
		w.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
		if c.want == state.Differs {
			wantPlan(t, w.compute(t), "~replace nas/Bart/2026-11-20-010000")
		}
	}
}
