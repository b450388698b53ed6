package diff_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
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
