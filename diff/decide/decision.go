package decide

import (
	"strings"

	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// HeldRule is the rule of what stays because nothing of its group may be deleted.
const HeldRule = "held"

// futureDatedRule is retention's.
const futureDatedRule = "future-dated"

// Disposition is what a plan does with a set.
type Disposition string

// The dispositions. The first five make a set count at the destination.
const (
	Create      Disposition = "create"
	Publish     Disposition = "publish" // from staging
	Resume      Disposition = "resume"
	Adopt       Disposition = "adopt"
	Replace     Disposition = "replace"
	Omit        Disposition = "omit"         // it would be one of these, without -target or -exclude
	Keep        Disposition = "keep"         // a rule keeps it
	Hold        Disposition = "hold"         // nothing of its group may be deleted now
	Spare       Disposition = "spare"        // it would be deleted, without -target or -exclude
	Delete      Disposition = "delete"       // after the uploads of its group
	DeleteFirst Disposition = "delete-first" // before them, to make room
	Discard     Disposition = "discard"      // what is left of an upload is cleaned up
	Leave       Disposition = "leave"        // nothing is done: no rule wants it, or it does not count
)

// creates are the dispositions of the ways to count.
var creates = map[observe.Way]Disposition{
	observe.ByUpload: Create, observe.ByPublish: Publish, observe.ByResume: Resume, observe.ByAdopt: Adopt, observe.ByReplace: Replace,
}

// Creates reports whether a set comes to count at the destination.
func (d Disposition) Creates() bool {
	return d == Create || d == Publish || d == Resume || d == Adopt || d == Replace
}

// Deletes reports whether a set is deleted.
func (d Disposition) Deletes() bool { return d == Delete || d == DeleteFirst }

// Stays reports whether something keeps the set where it is.
func (d Disposition) Stays() bool { return d == Keep || d == Hold || d == Spare }

// Wish is what retention wants.
type Wish string

// The wishes; "" where retention was not asked.
const (
	WantsKept    Wish = "kept"
	WantsHeld    Wish = "held" // no rule keeps it, but nothing of its group may be deleted now
	WantsDeleted Wish = "deleted"
)

// Decision is what becomes of a candidate, and why.
type Decision struct {
	observe.Candidate
	Wish        Wish
	Disposition Disposition
	Reasons     []retention.Reason // shared: nobody writes to them
	Future      bool               // dated in the future: it has no part in any rule
}

// Counted reports whether the destination holds the set as one that counts now.
func (d Decision) Counted() bool {
	return d.Remote != nil && d.Way == "" && !d.Future && (d.State == state.Complete || d.Finding == observe.Trusted)
}

// Counts reports whether the set counts there once all creates are done, and before any
// delete.
func (d Decision) Counts() bool {
	return d.Counted() || d.Disposition.Creates() && !d.Future && d.Suspect == ""
}

// Kept reports whether retention, or what came after it, keeps the set.
func (d Decision) Kept() bool {
	return d.Disposition.Stays() || d.Wish == WantsKept || d.Wish == WantsHeld
}

// Held reports whether the set stays only because nothing may be deleted.
func (d Decision) Held() bool {
	return d.Wish == WantsHeld || d.Disposition == Hold || d.Disposition == Spare
}

// Why joins the texts of the reasons.
func (d Decision) Why() string {
	var texts []string
	for _, r := range d.Reasons {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, "; ")
}

// AsSet is the set as retention sees it; false where there is nothing to decide on: a
// deletion that was begun is finished whatever the policy is.
func AsSet(c observe.Candidate) (state.Set, bool) {
	set := state.Set{Key: c.Key, State: c.State, Trusted: c.Finding == observe.Trusted, Files: c.Content()}
	switch {
	case c.Suspect != "":
		set.State = state.Suspicious
	case c.Way != "":
		set.State = state.Complete
	}
	return set, !c.BeingDeleted() && (c.Remote != nil || c.Way != "" || c.Started())
}

// kept is a reason of this package for a set to stay.
func kept(rule, text string) retention.Reason {
	return retention.Reason{Rule: rule, Code: retention.Selected, Text: text}
}

// stay keeps a set for a reason.
func stay(d Decision, as Disposition, rule, text string) Decision {
	d.Disposition, d.Reasons = as, []retention.Reason{kept(rule, text)}
	return d
}
