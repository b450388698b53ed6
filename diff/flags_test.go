package diff_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/state"
)

// seen sets the state in which the plan says that it saw all sets.
func seen(p *diff.Plan, s state.State) {
	for i := range p.Places {
		for _, o := range p.Places[i].Observed {
			for j := range o.Sets {
				o.Sets[j].State = s
			}
		}
	}
}

// What a flag must name, no plan does without it, whoever wrote the file.
func TestOpen_refusesWhatNoFlagNames(t *testing.T) {
	destroys := func() *world { return destroying(targeted(), "nas/Bart") }
	replaces := func() *world {
		w := newWorld().holds("nas", set(key(20), state.Complete, "other")).holds("vmx", sets(state.Complete, 20)...)
		w.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
		return w
	}
	for name, c := range map[string]struct {
		world *world
		edit  func(*diff.Plan)
	}{
		"destroy without a target": {destroys(), func(p *diff.Plan) { p.Options.Target = nil }},
		"destroy what is another's": {destroys(), func(p *diff.Plan) {
			seen(p, state.Unmarked)
			for i := range p.Places {
				p.Places[i].Trust = p.Places[i].Role == diff.DestinationRole
			}
		}},
		"replace without a name":  {replaces(), func(p *diff.Plan) { p.Options.Replace = nil }},
		"replace the unknown":     {replaces(), func(p *diff.Plan) { seen(p, state.Unknown) }},
		"adopt the damaged":       {leftBehind(), func(p *diff.Plan) { seen(p, state.Damaged) }},
		"delete without a reason": {destroys(), func(p *diff.Plan) { p.Changes[0].Reasons = nil }},
		"create without a reason": {targeted(), func(p *diff.Plan) { p.Changes[0].Reasons = nil }},
		"a pattern without end": {destroys(), func(p *diff.Plan) {
			p.Options.Target = append(p.Options.Target, "nas/"+strings.Repeat("{a,a}", 60)+"b")
		}},
	} {
		p := c.world.compute(t)
		if _, err := diff.Open(seal(t, p, nil), nil); err != nil {
			t.Errorf("%s: before it was edited: %v", name, err)
		}
		c.edit(p)
		if _, err := diff.Open(seal(t, p, nil), nil); !errors.Is(err, diff.ErrInvalid) {
			t.Errorf("%s: %v, want %v", name, err, diff.ErrInvalid)
		}
	}
}

// drawAllFlags draws those that no other test draws together.
func drawAllFlags(t *rapid.T, w *world) {
	o := &w.options
	if rapid.Bool().Draw(t, "selects") {
		drawFlags(t, o)
	}
	if o.Destroy = len(o.Target) > 0 && rapid.Bool().Draw(t, "destroy"); o.Destroy {
		return
	}
	if rapid.Bool().Draw(t, "adopts") {
		o.Adopt = []string{rapid.SampledFrom([]string{"nas", "nas/Bart", "nas/*/2026-11-1[0-3]*"}).Draw(t, "adopt")}
	}
	for _, s := range w.inv["nas"].Sets {
		one := w.options
		one.Replace = []string{state.Address("nas", s.Key)}
		in := w.input()
		in.Options = one
		if _, err := diff.Compute(in); err == nil && rapid.Bool().Draw(t, "replace") {
			o.Replace = append(o.Replace, one.Replace[0])
		}
	}
}

// Whatever flags shape a plan, a guard takes from it or nobody approves, it can be
// saved, and loses nothing that it does not name.
func TestCompute_whateverFlagsMakeCanBeOpened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		drawGuard(t, w)
		w.nas().Quota = rapid.SampledFrom([]int64{0, 0, 6_000, 12_000}).Draw(t, "quota")
		drawAllFlags(t, w)
		_, err := diff.Compute(w.input())
		for _, none := range []error{flags.ErrNoMatch, diff.ErrReplace, diff.ErrQuota} {
			if errors.Is(err, none) {
				t.Skip("there is no such plan")
			}
		}
		p := computed(t, w)
		for name, part := range map[string]*diff.Plan{"held back": p.HoldBack(), "created": p.OnlyCreate(), "both": p.OnlyCreate().HoldBack()} {
			data, err := diff.Seal(part, envelope, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := diff.Open(data, nil); err != nil {
				t.Fatalf("%s: %v\n%v\n%v", name, err, say(p), say(part))
			}
		}
		n := newNAS(t, w.inv["nas"])
		n.apply(p)
		checkNamed(t, w, p, n)
	})
}

// checkNamed proves that a set which is gone, or another by now, is one that the
// plan deletes or replaces.
func checkNamed(t *rapid.T, w *world, p *diff.Plan, n *nas) {
	takes := map[string]bool{}
	for _, c := range p.Changes {
		if c.Action == diff.Delete || c.Mode == diff.Replace {
			takes[c.Address] = true
		}
	}
	for _, s := range w.inv["nas"].Sets {
		now, there := n.sets[s.Path]
		if a := state.Address("nas", s.Key); !takes[a] && (!there || state.Digest(now.Files) != state.Digest(s.Files)) {
			t.Fatalf("%s is gone or another, and not named: %v", a, say(p))
		}
	}
}
