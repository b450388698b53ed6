package observe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/diff/likeness"
	"github.com/vmxsync/vmxsync/state"
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

// weighed is one candidate that is compared with those before it.
type weighed struct {
	Candidate
	likeness.Likeness
	at       int    // its index in the group
	of       string // over content and rules, as a verdict has it
	accepted bool   // by a person, and it would be suspicious otherwise
	cleared  bool   // by a person, who ends a doubt that nothing else would repeat
	pardoned bool   // accepted, or one of enough alike sets of which one is
}

// verdictsBefore are the recorded verdicts on the sets of a VM, which are looked at
// oldest first.
type verdictsBefore struct {
	last    *known.Record // nil: nothing
	accepts func(Candidate) bool
	broken  bool // a set that is a measure has come since
}

// recorded is the recorded verdict on a set with that content; false if there is none.
func (v *verdictsBefore) recorded(w *weighed) (known.Verdict, bool) {
	was, ok := v.last.Verdict(w.Key.AsRecorded())
	return was, ok && was.Of == w.of
}

// over reports whether a recorded verdict still holds, and why the set falls short.
func (v *verdictsBefore) over(w *weighed) (why string, stands bool) {
	was, ok := v.recorded(w)
	if !ok || v.broken || was.Why != "" && v.accepts(w.Candidate) {
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

func rulesOf(g *Group) rules {
	return rules(fmt.Sprintf("%d %q ", g.World.Spec.Guard.MinSizePercent, g.Source.Ignore))
}

// over is a sum over the rules and the content of a set.
func (r rules) over(c Candidate) string {
	sum := sha256.Sum256([]byte(string(r) + c.ContentDigest()))
	return hex.EncodeToString(sum[:16])
}

// verdictsOn is what was found, for the record. Where the sets of the VM are not all
// known, a verdict might be wrong: what was found before is kept.
func verdictsOn(g *Group, sets []weighed) (verdicts []known.Verdict) {
	if !knowsAll(g) {
		return g.There().Known.VerdictsOf(g.VM)
	}
	for _, w := range sets {
		if w.pardoned || w.Finding == Unalike || !utf8.ValidString(g.VM) {
			continue
		}
		verdicts = append(verdicts, known.Verdict{Key: w.Key.AsRecorded(), Of: w.of, Why: w.Suspect})
	}
	return verdicts
}

// knowsAll reports whether all sets of the VM could be read, at both ends.
func knowsAll(g *Group) bool {
	return g.Unknown == nil && !g.HasUnknown() && !g.World.Empty(g.Source.Name) && CheckSourceSets(g) == nil
}

// CheckSourceSets returns why what the source holds of the VM could not be read as a
// whole; nil where it could.
func CheckSourceSets(g *Group) error {
	if g.Rule != "" {
		return nil
	}
	if err := CheckKnown(g.World.Inventories[g.Source.Name], g.VM); err != nil {
		return err
	}
	for _, set := range slices.Backward(g.World.Sets(g.Source.Name, g.VM)) {
		if set.State == state.Unreadable {
			return fmt.Errorf("%s: %s", set.Key, set.Problem)
		}
	}
	return nil
}
