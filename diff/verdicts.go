package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/state/known"
)

// A verdict depends on the sets that have arrived, never on those that were deleted. The sets that one was
// compared with are deleted one after the other, and what is left of them is another
// measure: beside the one large set that a policy keeps for months, each ordinary set
// would look wrong one night, and beside none a broken one would look right. So the
// record holds what was found, also of sets that only a source has, and it stands as
// long as
//
//   - the set has the content that was judged, and the rules are those of then;
//   - each set before it that is a measure was judged by then as well. One that has
//     come since (adopted, replaced, put back by hand) is new evidence, and all
//     behind it is judged anew.
//
// What a person has accepted is judged anew each time, so that it becomes a measure
// once the sets that it is unlike are gone. Without a record all sets are judged by
// what is there, and a false alarm is the worst that comes of it.

// verdictsBefore are the recorded verdicts on the sets of a VM, which are looked at
// oldest first.
type verdictsBefore struct {
	last    *known.Record // nil: nothing
	accepts func(*candidate) bool
	broken  bool // a set that is a measure has come since
}

func (c *group) verdictsBefore() *verdictsBefore {
	return &verdictsBefore{last: c.w.Inventories[c.dest.Name].Known, accepts: c.accepts}
}

// recorded is the recorded verdict on a set with that content; false if there is none.
func (v *verdictsBefore) recorded(w *weighed) (known.Verdict, bool) {
	was, ok := v.last.Verdict(w.key.AsRecorded())
	return was, ok && was.Of == w.of
}

// over reports whether a recorded verdict still holds, and why the set falls short.
func (v *verdictsBefore) over(w *weighed) (why string, stands bool) {
	was, ok := v.recorded(w)
	if !ok || v.broken || was.Why != "" && v.accepts(w.candidate) {
		return "", false
	}
	return was.Why, true
}

// doubted reports whether the set falls short by the record.
func (v *verdictsBefore) doubted(w *weighed) bool {
	was, ok := v.recorded(w)
	return ok && was.Why != ""
}

// joins notes that a set has become a measure for those behind it.
func (v *verdictsBefore) joins(w *weighed) {
	was, ok := v.recorded(w)
	v.broken = v.broken || !ok || was.Why != ""
}

// rules are what a comparison depends on beside the sets.
type rules string

func (c *group) rules() rules {
	return rules(fmt.Sprintf("%d %q ", c.w.Spec.Guard.MinSizePercent, c.source.Ignore))
}

// over is a sum over the rules and the content of a set.
func (r rules) over(s *candidate) string {
	sum := sha256.Sum256([]byte(string(r) + s.contentDigest()))
	return hex.EncodeToString(sum[:16])
}

// keepVerdicts keeps for the record what was found. Where the sets of the VM are not
// all known, a verdict might be wrong: it keeps only what was found before.
func (c *group) keepVerdicts(sets []weighed) {
	if !c.knowsAll() {
		c.verdicts = c.w.Inventories[c.dest.Name].Known.VerdictsOf(c.vm)
		return
	}
	for _, w := range sets {
		refused := w.unalike != "" && w.mode == "" // by -adopt: it is no candidate after all
		if w.pardoned || refused || !utf8.ValidString(c.vm) {
			continue
		}
		c.verdicts = append(c.verdicts, known.Verdict{Key: w.key.AsRecorded(), Of: w.of, Why: w.suspect})
	}
}

// knowsAll reports whether all sets of the VM could be read, at both ends.
func (c *group) knowsAll() bool {
	return !c.unknown && !c.hasUnknown() && !c.w.emptySources[c.source.Name] && c.whyUnreadable() == ""
}

// recordVerdicts writes down the verdicts over all sets of a destination.
func (w *planner) recordVerdicts(r *known.Record, destination string) {
	var all []known.Verdict
	for _, c := range w.groups {
		if c.dest.Name == destination {
			all = append(all, c.verdicts...)
		}
	}
	r.SetVerdicts(all)
}
