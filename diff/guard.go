package diff

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/vmxsync/vmxsync/state"
)

// Guard is what a plan deletes, scope by scope, and what of it the guards refuse.
type Guard struct {
	MaxShrinkPercent int  `json:"max_shrink_percent"`
	MinLoss          int  `json:"min_loss"`
	MaxDeletes       *int `json:"max_deletes,omitempty"` // nil: any number
	// Losses are the destinations, and the VMs there, that lose a set, by scope.
	Losses []Loss `json:"losses"`
	// Refusals forbid to apply the plan, unless Waiting names what was left out
	// of it for them.
	Refusals []Refusal `json:"refusals"`
	// Lifted are the refusals that -allow-shrink or -destroy has lifted.
	Lifted []Refusal `json:"lifted,omitempty"`
	// Waiting are the addresses of the deletes and replacements that HoldBack
	// or OnlyCreate has left out.
	Waiting []string `json:"waiting,omitempty"`
}

// Loss is what a plan deletes from one scope.
type Loss struct {
	Scope   string `json:"scope"`   // "nas", or "nas/Bart"
	Before  int    `json:"before"`  // complete sets, and those that are replaced
	After   int    `json:"after"`   // of the plan
	Deletes int    `json:"deletes"` // including replaced sets
	// Backup is the one that protects the scope with prevent_destroy, or "".
	Backup string `json:"prevent_destroy,omitempty"`
	// Vanished sets are part of Before, and lost without the plan.
	Vanished int `json:"vanished,omitempty"`
}

// Refusal is one rule of the guards that the plan breaks.
type Refusal struct {
	Rule string `json:"rule"`
	Loss        // of the scope; of the plan as a whole Deletes alone
}

// The rules of the guards.
const (
	ShrinkRule         = "max_shrink_percent"
	MaxDeletesRule     = "max_deletes"
	PreventDestroyRule = "prevent_destroy"
)

func newGuard(limits state.Guard) Guard {
	return Guard{MaxShrinkPercent: limits.MaxShrinkPercent, MinLoss: limits.MinLoss, MaxDeletes: limits.MaxDeletes}
}

// Refused reports that the plan must not be applied as it is.
func (p *Plan) Refused() bool {
	return p.Guard != nil && len(p.Guard.Refusals) > 0 && len(p.Guard.Waiting) == 0
}

// Waiting are the addresses of what HoldBack or OnlyCreate has left out of the
// plan.
func (p *Plan) Waiting() []string {
	if p.Guard == nil {
		return nil
	}
	return p.Guard.Waiting
}

// stock is what a scope holds before the plan.
type stock struct {
	complete  int
	vanished  int
	protector string // the backup whose prevent_destroy holds there
}

// stocks are what the destinations and the VMs there hold before the plan, by
// scope.
func (w *planner) stocks() map[string]stock {
	all := map[string]stock{}
	for scope, c := range w.groups {
		group := stock{complete: c.count((*candidate).counted), vanished: len(c.vanished)}
		if b, ok := w.Spec.Assign(c.source.Name, c.vm); ok && b.PreventDestroy {
			group.protector = b.Name
		}
		all[scope] = group
		whole := all[c.dest.Name]
		whole.complete += group.complete
		whole.vanished += group.vanished
		all[c.dest.Name] = whole
	}
	return all
}

// balance counts what the changes of a scope delete and add.
type balance struct {
	lost     int // sets that count, and those that are replaced
	gained   int // sets that come to count
	replaced int
	deletes  int // planned deletes and replaced sets
}

func (b *balance) add(c Change, counted bool) {
	if c.Action != Delete {
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
			g.Losses = append(g.Losses, Loss{scope, before, after, b.deletes, h.protector, h.vanished})
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

// Judged is what the guard of the plan finds in its changes, as far as the plan itself
// shows it.
func (p *Plan) Judged() *Guard { return p.judge(*p.Guard, p.stocks()) }

// broken are the rules that so many deletes and the losses break.
func (g *Guard) broken(deletes int) []Refusal {
	var all []Refusal
	if g.MaxDeletes != nil && deletes > *g.MaxDeletes {
		all = append(all, Refusal{MaxDeletesRule, Loss{Deletes: deletes}})
	}
	for _, l := range g.Losses {
		if g.shrinks(l) {
			all = append(all, Refusal{ShrinkRule, l})
		}
		if l.Backup != "" {
			all = append(all, Refusal{PreventDestroyRule, l})
		}
	}
	return all
}

// shrinks reports whether the net loss is above the percentage, and not too small
// to matter.
func (g *Guard) shrinks(l Loss) bool {
	lost := l.Before - l.After
	return lost >= max(g.MinLoss, 1) && lost*100 > g.MaxShrinkPercent*l.Before
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

// Say is a refusal in one line. It may hold hostile names.
func (g *Guard) Say(r Refusal) string {
	switch r.Rule {
	case ApprovalRule:
		return count(r.Deletes, "delete") + " planned, none approved"
	case MaxDeletesRule:
		return fmt.Sprintf("%s planned; max_deletes is %d", countIs(r.Deletes, "delete"), g.maxDeletes())
	case PreventDestroyRule:
		return fmt.Sprintf("%s: %s planned; backup %q has prevent_destroy = true", r.Scope, countIs(r.Deletes, "delete"), r.Backup)
	}
	vanished := ""
	if r.Vanished > 0 {
		vanished = fmt.Sprintf(" (%d vanished)", r.Vanished)
	}
	return fmt.Sprintf("%s: %d -> %s, %s %% lost%s; max_shrink_percent is %d",
		r.Scope, r.Before, count(r.After, "complete set"), percent(r.Before-r.After, r.Before), vanished, g.MaxShrinkPercent)
}

func (g *Guard) maxDeletes() int {
	if g.MaxDeletes == nil {
		return 0
	}
	return *g.MaxDeletes
}

// percent rounds up to a tenth: what is above a limit is printed above it.
func percent(n, of int) string {
	tenths := (n*1000 + max(of, 1) - 1) / max(of, 1)
	return strconv.FormatFloat(float64(tenths)/10, 'f', -1, 64)
}
