package diff

import (
	"fmt"
	"strconv"

	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"
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
	// Healed sets are damaged, and sent again although no flag names them: part of Before, of
	// a destination alone.
	Healed int `json:"healed,omitempty"`
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
	// ManyDamagedRule refuses to replace by itself what is damaged in many sets at once: a
	// server or a connection that delivers wrong bytes looks like that, and good copies would
	// go to trash for it. Its limits are those of ShrinkRule.
	ManyDamagedRule = "many_damaged"
)

func newGuard(limits config.Guard) Guard {
	return Guard{MaxShrinkPercent: limits.MaxShrinkPercent, MinLoss: limits.MinLoss, MaxDeletes: limits.MaxDeletes}
}

// ApprovalRule is broken by every delete of a plan of which only the rest is
// approved.
const ApprovalRule = "approval"

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
		if g.tooMany(l.Healed, l.Before) {
			all = append(all, Refusal{ManyDamagedRule, l})
		}
		if l.Backup != "" {
			all = append(all, Refusal{PreventDestroyRule, l})
		}
	}
	return all
}

// shrinks reports whether the net loss is above the percentage, and not too small
// to matter.
func (g *Guard) shrinks(l Loss) bool { return g.tooMany(l.Before-l.After, l.Before) }

func (g *Guard) tooMany(n, of int) bool {
	return n >= max(g.MinLoss, 1) && n*100 > g.MaxShrinkPercent*of
}

// Say is a refusal in one line. It may hold hostile names.
func (g *Guard) Say(r Refusal) string {
	switch r.Rule {
	case ApprovalRule:
		return wording.Count(r.Deletes, "delete") + " planned, none approved"
	case MaxDeletesRule:
		return fmt.Sprintf("%s planned; max_deletes is %d", wording.CountIs(r.Deletes, "delete"), g.maxDeletes())
	case PreventDestroyRule:
		return fmt.Sprintf("%s: %s planned; backup %q has prevent_destroy = true", r.Scope, wording.CountIs(r.Deletes, "delete"), r.Backup)
	}
	if r.Rule == ManyDamagedRule {
		return fmt.Sprintf("%s: %s damaged at once, %s %% of what counted; max_shrink_percent is %d",
			r.Scope, wording.CountIs(r.Healed, "set"), percent(r.Healed, r.Before), g.MaxShrinkPercent)
	}
	vanished := ""
	if r.Vanished > 0 {
		vanished = fmt.Sprintf(" (%d vanished)", r.Vanished)
	}
	return fmt.Sprintf("%s: %d -> %s, %s %% lost%s; max_shrink_percent is %d",
		r.Scope, r.Before, wording.Count(r.After, "complete set"), percent(r.Before-r.After, r.Before), vanished, g.MaxShrinkPercent)
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
