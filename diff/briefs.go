package diff

import (
	"strings"

	"github.com/vmxsync/vmxsync/state"
)

// A brief is a notice in a few words, with its place: for a headline, the
// subject of a mail, or the one line of a monitoring plugin. Each error and each
// warning has one; it counts, names no file and holds no way out.

// briefs have the place in them where it is what the sentence is about.
var briefs = map[string]func(place string, t *tally) string{
	"unreachable": func(place string, _ *tally) string { return place + " could not be read" },
	"quota":       func(place string, _ *tally) string { return place + " has no room in its quota" },
	"empty":       func(place string, _ *tally) string { return place + " is empty" },
	"unreadable":  func(_ string, t *tally) string { return count(t.items, "set") + " could not be read" },
	"unknown": func(place string, t *tally) string {
		if t.vms[state.AnyVM] {
			return "not all of " + place + " could be read"
		}
		return count(len(t.vms), "VM") + " could not be read at " + place
	},
	"not-whole": func(place string, t *tally) string {
		return "the listing of " + count(len(t.vms), "VM") + " at " + place + " is incomplete"
	},
}

// placedBriefs get their place behind them, in brackets.
var placedBriefs = map[string]func(t *tally) string{
	notBackedUp:    func(t *tally) string { return countIs(len(t.vms), "VM") + " not backed up" },
	"name":         func(t *tally) string { return count(t.items, "name") + " cannot be used" },
	suspiciousRule: func(t *tally) string { return countIs(t.items, "set") + " suspicious" },
	vanishedRule:   func(t *tally) string { return count(t.items, "set") + pick(t.items, " has", " have") + " vanished" },
	serverReplaced: func(*tally) string { return "another certificate key" },
	"odd-name":     func(t *tally) string { return count(t.items, "name") + " cannot be used" },
	"damaged":      func(t *tally) string { return countIs(t.items, "set") + " damaged" },
	displacedRule: func(t *tally) string {
		return countIs(t.items, "set") + " " + misplaced(t)
	},
	"odd-set": func(t *tally) string {
		return count(t.items, "set") + pick(t.items, " holds", " hold") + " a link or device"
	},
	rottenRule: func(t *tally) string { return count(t.items, "set") + " found damaged" },
	"differs": func(t *tally) string {
		return count(t.items, "set") + pick(t.items, " differs", " differ") + " from the source"
	},
	rewrittenNotice: func(t *tally) string {
		return count(t.items, "local set") + pick(t.items, " was", " were") + " rewritten"
	},
	overwrittenRule: func(t *tally) string {
		return count(t.items, "local set") + pick(t.items, " was", " were") + " rewritten since " + pick(t.items, "its", "their") + " upload"
	},
	string(state.OfAnother): func(t *tally) string { return countIs(t.items, "set") + " of another configuration" },
	futureDatedRule:         func(t *tally) string { return "sets of " + count(len(t.vms), "VM") + " are dated in the future" },
	"no-candidate":          func(t *tally) string { return "no set of " + count(len(t.vms), "VM") + " counts" },
	notFresh: func(t *tally) string {
		return count(len(t.vms), "VM") + pick(len(t.vms), " has", " have") + " no fresh set"
	},
	"max_size_per_vm": func(t *tally) string { return "max_size_per_vm is not enforced for " + count(len(t.vms), "VM") },
	"not-destroyed":   func(t *tally) string { return countIs(t.items, "set") + " not destroyed" },
	"not-adopted":     func(t *tally) string { return countIs(t.items, "set") + " not adopted" },
	"half":            func(t *tally) string { return countIs(t.items, "half upload") + " in the way" },
	"stranded":        func(t *tally) string { return countIs(t.items, "set") + " only in staging" },
	"outgoing":        func(t *tally) string { return countIs(t.items, "delete") + " interrupted" },
	"aside":           func(t *tally) string { return countIs(t.items, "folder") + " left of a prune" },
	stuckNotice:       func(t *tally) string { return count(t.items, "folder") + " in trash cannot be deleted" },
	"pin":             func(t *tally) string { return count(t.items, "pin") + pick(t.items, " names", " name") + " no set" },
	"overdue":         func(t *tally) string { return countIs(t.items, "set") + " not ready for more than a day" },
	goneRule:          func(t *tally) string { return countIs(len(t.vms), "VM") + " gone from the source" },
	"lacks-disk":      func(t *tally) string { return count(t.items, "set") + pick(t.items, " lacks", " lack") + " a disk" },
	"record":          func(*tally) string { return "the record of complete sets cannot be used" },
	"unmatched":       func(t *tally) string { return countIs(len(t.vms), "VM") + " in no backup" },
	"unsupported":     func(t *tally) string { return countIs(t.items, "backup") + " of an unsupported form" },
	"returned":        func(t *tally) string { return countIs(len(t.vms), "retired VM") + " at the source again" },
	strippedRule: func(t *tally) string {
		return count(t.items, "set") + pick(t.items, " has lost its", " have lost their") + " manifest"
	},
	unheldNotice:    func(t *tally) string { return "no set of " + count(len(t.vms), "VM") + " in vms" },
	unsettledNotice: func(t *tally) string { return count(t.items, "set") + pick(t.items, " never settles", " never settle") },
}

// brief is the notice of a place and code in a few words; "" for a note.
func brief(code, place string, t *tally) string {
	if say, ok := briefs[code]; ok {
		return say(place, t)
	}
	if say, ok := placedBriefs[code]; ok {
		return say(t) + " (" + place + ")"
	}
	return ""
}

// Short is the notice in a few words. One without a brief, of a plan that an older
// version has made, is cut where its reasons begin.
func (n Notice) Short() string {
	if n.Brief != "" {
		return n.Brief
	}
	short := n.Text
	if n.Scope != "" {
		short = strings.TrimPrefix(short, n.Scope+": ")
	}
	for _, end := range []string{". ", ": ", ", ", " ("} {
		short, _, _ = strings.Cut(short, end)
	}
	short = strings.TrimSuffix(short, ".")
	if n.Scope != "" && !strings.Contains(short, n.Scope) {
		short += " (" + n.Scope + ")"
	}
	return short
}
