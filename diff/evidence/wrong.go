package evidence

import (
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// wrong is what status calls alarming of a VM, a sentence each: older evidence does not
// outweigh it.
func wrong(s diff.Standing) (lines []string) {
	add := func(is bool, format string, args ...any) {
		if is {
			lines = append(lines, fmt.Sprintf(format, args...))
		}
	}
	add(s.Unreadable != "", "not readable at its source")
	add(s.NotBackedUp != "" && s.Unreadable == "", "its newest set is not backed up")
	add(!s.GoneSince.IsZero(), "gone from its source")
	add(s.Counted == 0 && s.Rule == "" && !s.Stale, "no complete set")
	add(s.Stale, "no backup within %s", s.FreshWithin)
	sets := func(n int) string { return wording.Count(n, "set") }
	add(s.Others[state.Damaged] > 0, "%s damaged", sets(s.Others[state.Damaged]))
	differ := "differ"
	if s.Others[state.Differs] == 1 {
		differ = "differs"
	}
	add(s.Others[state.Differs] > 0, "%s %s from the source", sets(s.Others[state.Differs]), differ)
	add(s.Others[state.Suspicious] > 0, "%s suspicious", sets(s.Others[state.Suspicious]))
	add(s.Vanished > 0, "%s vanished", sets(s.Vanished))
	return lines
}

// doubts are why proofs of a VM count for nothing: they cannot be read, or are dated in the future.
func (in Input) doubts(s diff.Standing) (lines []string) {
	of := func(is func(state.Proven) bool) bool {
		return slices.ContainsFunc(in.Sets[s.Destination], func(set state.Set) bool {
			return set.VM == s.VM && set.State == state.Complete && set.Proven != nil && is(*set.Proven)
		})
	}
	if of(func(p state.Proven) bool { return p.Level == state.ProofUnknown }) {
		lines = append(lines, "its proofs cannot be read")
	}
	if of(func(p state.Proven) bool { return state.IsAhead(p.At, in.Now) }) {
		lines = append(lines, "a proof is dated in the future: check the clock")
	}
	return lines
}
