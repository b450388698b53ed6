package diff_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// An address that was pasted from the output names what has that very name, and
// not what it would match as a pattern as well.
func TestCompute_literalHitIsTheOnlyOne(t *testing.T) {
	for name, c := range map[string]struct {
		options diff.Options
		want    []string
	}{
		"destroy a set":    {diff.Options{Destroy: true, Target: []string{"nas/web[1]/2026-11-18-010000"}}, []string{"-remove nas/web[1]/2026-11-18-010000"}},
		"destroy a VM":     {diff.Options{Destroy: true, Target: []string{"nas/web[1]"}}, []string{"-remove nas/web[1]/2026-11-18-010000"}},
		"a pattern behind": {diff.Options{Destroy: true, Target: []string{"nas/web[1]/2026-*"}}, []string{"-remove nas/web[1]/2026-11-18-010000"}},
		"adopt":            {diff.Options{Adopt: []string{"nas/cold[1]/2026-11-18-010000"}}, []string{"~adopt nas/cold[1]/2026-11-18-010000"}},
		"exclude":          {diff.Options{Adopt: []string{"nas/cold*"}, Exclude: []string{"nas/cold[1]"}}, []string{"~adopt nas/cold1/2026-11-18-010000"}},
		"a pattern alone":  {diff.Options{Adopt: []string{"nas/cold[0-9]"}}, []string{"~adopt nas/cold1/2026-11-18-010000"}},
	} {
		w := newWorld().holds("vmx", set(keyOf("Bart", 21), state.Settling)).
			holds("nas", set(keyOf("web[1]", 18), state.Complete), set(keyOf("web1", 18), state.Complete),
				set(keyOf("cold[1]", 18), state.Unmarked), set(keyOf("cold1", 18), state.Unmarked))
		w.spec.Backups[0].VMs = []string{"*", `web\[1]`, "web1", `cold\[1]`, "cold1"}
		w.options, w.shrink = c.options, true
		t.Run(name, func(t *testing.T) { wantPlan(t, w.compute(t), c.want...) })
	}
}
