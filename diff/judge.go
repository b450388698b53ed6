package diff

import (
	"maps"
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// stock is what a scope holds before the plan.
type stock struct {
	complete  int
	vanished  int
	protector string // the backup whose prevent_destroy holds there
}

// stocks are what the destinations and the VMs there hold before the plan, by
// scope.
func stocks(all *planned) map[string]stock {
	by := map[string]stock{}
	for scope, g := range all.groups {
		group := stock{complete: g.Complete(), vanished: len(g.Vanished)}
		if b, ok := all.world.Spec.Assign(g.Source.Name, g.VM); ok && b.PreventDestroy {
			group.protector = b.Name
		}
		by[scope] = group
		whole := by[g.Destination.Name]
		whole.complete += group.complete
		whole.vanished += group.vanished
		by[g.Destination.Name] = whole
	}
	return by
}

// balance counts what the changes of a scope delete and add.
type balance struct {
	lost     int // sets that count, and those that are replaced
	gained   int // sets that come to count
	replaced int
	healed   int // replaced sets that are damaged, and that no flag names
	deletes  int // planned deletes and replaced sets
}

func (b *balance) add(c Change, counted bool) {
	if c.Action != Delete && c.Mode != AddSums {
		b.gained++
	}
	if c.Mode == Replace {
		b.replaced++
	}
	if c.DeletesSet() {
		b.deletes++
	}
	if c.Mode == Replace || c.Action == Delete && counted {
		b.lost++
	}
}

// DeletesSet reports whether a set is deleted from its final name, or from staging.
func (c Change) DeletesSet() bool { return c.Action == Delete || c.Mode == Replace }

// balances are those of all changes, by scope; "" is the plan as a whole.
func (p *Plan) balances() map[string]balance {
	all := map[string]balance{}
	seen := p.Seen()
	for _, c := range p.Changes {
		place, k, _ := state.SplitAddress(c.Address)
		is := seen[c.Address]
		scopes := []string{"", place, state.Scope(place, k.VM)}
		if c.Mode == Prune { // a source does not count for the guard of a destination
			scopes = scopes[:1]
		}
		for _, scope := range scopes {
			b := all[scope]
			b.add(c, is == state.Complete || is == state.Unmarked)
			if scope == place && c.Mode == Replace && is == state.Damaged && !p.Options.Replaces(c.Address) {
				b.healed++
			}
			all[scope] = b
		}
	}
	return all
}

// Seen are the states of all sets in the touched scopes, by address.
func (p *Plan) Seen() map[string]state.State {
	seen := map[string]state.State{}
	for _, place := range p.Places {
		for _, o := range place.Observed {
			for _, s := range o.Sets {
				seen[o.Scope+"/"+string(s.Name)] = s.State
			}
		}
	}
	return seen
}

// judge applies the guard to the plan. The limits of g hold, its findings are
// replaced.
func (p *Plan) judge(g Guard, stocks map[string]stock) *Guard {
	g.Losses, g.Refusals, g.Lifted, g.Waiting = []Loss{}, []Refusal{}, nil, nil
	balances := p.balances()
	for _, scope := range slices.Sorted(maps.Keys(balances)) {
		b, h := balances[scope], stocks[scope]
		if scope != "" && b.deletes > 0 {
			before := h.complete + b.replaced + h.vanished
			after := before - b.lost - h.vanished + b.gained
			g.Losses = append(g.Losses, Loss{scope, before, after, b.deletes, h.protector, h.vanished, b.healed})
		}
	}
	for _, r := range g.broken(balances[""].deletes) {
		if (p.Options.AllowShrink || p.Options.Destroy) && r.Rule != PreventDestroyRule {
			g.Lifted = append(g.Lifted, r)
			continue
		}
		g.Refusals = append(g.Refusals, r)
	}
	return &g
}

// stocks are what the scopes held before the plan, from its guard.
func (p *Plan) stocks() map[string]stock {
	balances := p.balances()
	all := map[string]stock{}
	for _, l := range p.Guard.Losses {
		all[l.Scope] = stock{l.Before - balances[l.Scope].replaced - l.Vanished, l.Vanished, l.Backup}
	}
	return all
}

// Judged is what the guard of the plan finds in its changes, as far as the plan itself
// shows it.
func (p *Plan) Judged() *Guard { return p.judge(*p.Guard, p.stocks()) }
