package diff

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// overdueAfter is how long a set may wait for its ready file before that is
// something to look at.
const overdueAfter = 24 * time.Hour

// noteSets reports which sets of a VM at a source are not uploaded, or not yet. The newest
// one that is neither settling nor waited for must be ready: the VM is not backed
// up otherwise.
func (w *planner) noteSets(s state.Source, b state.Backup, vm string) {
	newest := true
	for _, set := range slices.Backward(w.holds[s.Name][vm]) {
		var kind *notice.Kind
		why := set.Problem
		switch set.State {
		case state.Settling:
			kind, why = &notice.Settling, providers.Duration(s.Settle).String()
			if w.unsettled(s, b, set) {
				kind, why = &notice.Unsettled, set.Problem
			}
		case state.Unreadable:
			kind, newest = &notice.Unreadable, false
		case state.NotReady:
			kind = w.notReady(set, newest)
			newest = newest && set.Awaited
		default:
			if newest && set.LacksDisk != "" {
				w.notes.add(notice.Note{Place: s.Name, Kind: &notice.LacksDisk, VM: vm, Item: set.Key.String(), Why: set.LacksDisk})
			}
			newest = false
			continue
		}
		w.notes.add(notice.Note{Place: s.Name, Kind: kind, VM: vm, Item: set.Key.String(), Why: why, Hint: set.Hint})
	}
}

// unsettled reports whether a set that is still being written was begun so long ago
// that its upload would be overdue.
func (w *planner) unsettled(s state.Source, b state.Backup, set state.Set) bool {
	zone, err := w.zone(s)
	return err == nil && !b.MaxBehind.IsZero() && !set.Stamp.In(zone).After(b.MaxBehind.Before(w.Now.In(zone)))
}

// notReady is the notice of a set that is not ready.
func (w *planner) notReady(set state.Set, newest bool) *notice.Kind {
	switch {
	case !newest:
		return &notice.NotReady
	case !set.Awaited:
		return &notice.NotBackedUp
	case w.Now.Sub(set.Newest()) > overdueAfter:
		return &notice.Overdue
	}
	return &notice.Awaited
}

// noteBackedUp is an error where the newest ready set that the source holds is
// not complete at the destination, and the plan does not make it so: whatever
// the reason is. What another notice of the same class reports is not repeated.
func (c *group) noteBackedUp() {
	if c.rule != "" || c.unknown || c.w.Options.Destroy {
		return
	}
	local := newestReady(c.w.holds[c.source.Name][c.vm])
	if local == nil {
		return
	}
	s := c.candidate(local.Key)
	c.lacking = c.whyNotSaved(s)
	told := s.unfit || s.state == state.Unknown || s.found() || c.overwritten && c.rewrittenLocally(s)
	if c.lacking != "" && !told {
		c.note(&notice.NotBackedUp, *local, c.lacking)
	}
}

// whyUnreadable says why what the source holds of the VM could not be read as a
// whole; "" where it could.
func (c *group) whyUnreadable() string {
	if c.rule != "" {
		return ""
	}
	if why := whyUnknown(c.w.Inventories[c.source.Name], c.vm); why != "" {
		return why
	}
	for _, set := range slices.Backward(c.w.holds[c.source.Name][c.vm]) {
		if set.State == state.Unreadable {
			return set.Key.String() + ": " + set.Problem
		}
	}
	return ""
}

// whyNotReady says why the newest set at the source that is neither settling nor
// waited for cannot be sent; "" where it can.
func (c *group) whyNotReady() string {
	if c.rule != "" {
		return ""
	}
	for _, set := range slices.Backward(c.w.holds[c.source.Name][c.vm]) {
		switch {
		case set.State == state.Settling, set.Awaited:
		case set.State == state.NotReady:
			return set.Key.String() + ": " + set.Problem
		default:
			return ""
		}
	}
	return ""
}

// whyNotSaved says why a set that is ready at the source neither counts at the
// destination nor will; "" where it does, or where policy or flags want it so.
func (c *group) whyNotSaved(s *candidate) string {
	replace := ": compare the two, and upload it again with " + c.sendAgain(s.key)
	switch {
	case s.postponed:
		return "it does not fit into the quota of the destination now"
	case s.changed, s.excluded, s.mode == "" && (s.state == state.Complete && s.remote != nil || s.trusted):
		return ""
	case slices.Contains(c.suspects, s): // the destination holds it complete, and it is reported as suspicious
		return ""
	case s.unfit:
		return "its names cannot be used"
	case s.mode != "" && !s.held: // retention does not want it
		return ""
	case s.remote == nil:
		return "nothing of this VM is changed now"
	case s.state == state.Unknown:
		return "the state of the set at the destination is not known: " + s.remote.Problem
	case s.beingDeleted():
		return "its deletion is not finished"
	case s.state == state.Unmarked && c.underway(s):
		return ""
	case s.state == state.Unmarked:
		return "an unmarked set with other contents is in its place" + replace
	}
	return "the set at the destination " + conditions[s.state] + replace
}

// conditions are the words for what is wrong with a set that does not count.
var conditions = map[state.State]string{
	state.Damaged: "is damaged", state.Differs: "differs from it", state.Incomplete: "is incomplete",
	state.OfAnother: "was made by another configuration",
}

// underway reports whether an unmarked set was written to just now: another tool
// may be about to finish it, and a later plan judges it.
func (c *group) underway(s *candidate) bool {
	newest := s.remote.Newest()
	return newest.After(c.settledBefore()) && !newest.After(c.w.Now.Add(time.Hour))
}

// newestReady is the newest ready set, or nil. Sets come oldest first.
func newestReady(sets []state.Set) *state.Set {
	for i := len(sets) - 1; i >= 0; i-- {
		if sets[i].State == state.Complete {
			return &sets[i]
		}
	}
	return nil
}
