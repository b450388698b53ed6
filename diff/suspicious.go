package diff

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff/likeness"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// A set that looks wrong justifies nothing. What counts, or is about to, is
// compared with the sets of its VM before it that do not look wrong: a backup
// program that failed leaves a set that looks finished, and two such nights must
// not make that the measure. A suspicious set is uploaded and kept, has no part
// in retention, and nothing of its VM is deleted before a person has accepted it.

// suspiciousRule is the rule and the code of what looks wrong.
const suspiciousRule = string(state.Suspicious)

// weighed is one candidate that is compared with those before it.
type weighed struct {
	*candidate
	likeness.Likeness
	of       string // over content and rules, as a verdict has it
	accepted bool   // by a person, and it would be suspicious otherwise
	cleared  bool   // by a person, who ends a doubt that nothing else would repeat
}

// findSuspicious marks the suspicious candidates and lets the deletes of the group
// wait for them.
func (c *group) findSuspicious() {
	percent := c.w.Spec.Guard.MinSizePercent
	if percent == 0 || c.rule == unassignedRule {
		return
	}
	if c.unknown {
		c.keepVerdicts(nil)
		return
	}
	sets := c.weigh()
	verdicts := c.verdictsBefore()
	var sound []likeness.Likeness
	for i := range sets {
		w := &sets[i]
		why, stays := verdicts.over(w)
		if !stays {
			why = cmp.Or(w.lacksFile(), w.Unlike(sound, percent))
		}
		w.accepted = why != "" && c.accepts(w.candidate)
		w.pardoned = w.accepted
		w.cleared = why == "" && verdicts.doubted(w)
		switch {
		case why == "":
			sound = append(sound, w.Likeness)
			verdicts.joins(w)
		case !w.accepted: // what is accepted counts, and is no measure yet
			w.suspect = why
		}
	}
	clearAlike(sets, percent)
	c.doubtAdopted(sets, percent)
	c.acceptSuspicious(sets)
	c.keepVerdicts(sets)
	for _, w := range sets {
		if w.suspect != "" {
			w.doubted()
		}
	}
}

// weigh lists what counts or is about to, oldest first.
func (c *group) weigh() (sets []weighed) {
	rules := c.rules()
	for _, s := range slices.Backward(c.candidates) {
		if s.mode == "" && !(s.remote != nil && (s.state == state.Complete || s.trusted)) {
			continue
		}
		sets = append(sets, weighed{candidate: s, Likeness: likeness.Of(s.key.Stamp, s.content(), c.source.Ignore), of: rules.over(s)})
	}
	return sets
}

// doubtAdopted looks again at the sets that -adopt names. What has no set before it
// that stays is compared with those after it, and what is suspicious is adopted only
// where its full address is named: a pattern takes no half upload for a whole one.
func (c *group) doubtAdopted(sets []weighed, percent int) {
	first := true
	for i, w := range sets {
		named := w.mode == Adopt && w.candidate.named
		if named && first && w.suspect == "" {
			var after []likeness.Likeness
			for _, other := range sets[i+1:] {
				if other.suspect == "" {
					after = append(after, other.Likeness)
				}
			}
			if why := w.Unlike(after, percent); why != "" && !c.accepts(w.candidate) {
				w.suspect = why
			}
		}
		if named && w.suspect != "" && !c.w.Options.AdoptsInFull(c.address(w.key)) {
			w.mode, w.half, w.unalike, w.suspect = "", false, w.suspect, ""
			continue
		}
		first = false
	}
}

// accepts reports whether a person has accepted the set as it is.
func (c *group) accepts(s *candidate) bool {
	return s.forgiven || c.w.Options.Accepts(c.address(s.key)) ||
		c.w.Inventories[c.dest.Name].Known.Accepts(s.key.AsRecorded(), state.Digest(s.content()))
}

// enoughAlike is how many sets alike, one after the other, a VM must have before
// the acceptance of one of them is that of all.
const enoughAlike = 3

// lacksFile returns which file of a disk the set names and lacks, as far as the source
// shows.
func (s *candidate) lacksFile() string {
	if s.local == nil || s.local.Lacks == "" || !state.SameContent(s.content(), s.local.Files) {
		return ""
	}
	return s.local.Lacks
}

// clearAlike clears each suspicious set that is one of enough alike sets in a
// row, of which a person has accepted one: the VM has become smaller. Who has accepted
// a set has not accepted what is half of it: all of a row are alike, and not each
// with the one before it alone.
func clearAlike(sets []weighed, percent int) {
	accepted := func(w weighed) bool { return w.accepted }
	if !slices.ContainsFunc(sets, accepted) {
		return
	}
	for from := 0; from < len(sets); {
		to := from + 1
		for least, most := from, from; to < len(sets); to++ {
			next := sets[to].Likeness
			if !next.Alike(sets[least].Likeness, percent) || !next.Alike(sets[most].Likeness, percent) {
				break
			}
			if next.Bytes < sets[least].Bytes {
				least = to
			}
			if next.Bytes > sets[most].Bytes {
				most = to
			}
		}
		row := sets[from:to]
		if len(row) >= enoughAlike && slices.ContainsFunc(row, accepted) {
			for i := range row {
				row[i].pardoned = row[i].pardoned || row[i].suspect != ""
				row[i].suspect = ""
			}
		}
		from = to
	}
}

// doubted takes the set out of what counts.
func (s *candidate) doubted() {
	s.trusted = false
	if s.mode == "" && s.state == state.Complete {
		s.state = state.Suspicious
	}
}

// decideSuspicious takes over what retention would decide if those sets counted: one
// that it would keep is uploaded, one at the destination stays in any case.
func (c *group) decideSuspicious(wanted retention.Result, asked map[state.Stamp]*candidate) {
	for _, d := range wanted.Decisions {
		s := asked[d.Key.Stamp]
		if s == nil || s.suspect == "" {
			continue
		}
		s.keep, s.held, s.reasons = d.Keep || s.remote != nil, d.Held, d.Reasons
		if s.keep {
			s.reasons = []Reason{c.kept(suspiciousRule, "suspicious: "+s.suspect)}
			c.holdFor(s)
		}
	}
}

// holdFor lets the deletes of the group wait until a suspicious set is accepted.
func (c *group) holdFor(s *candidate) {
	c.suspects = append(c.suspects, s)
	if c.held == "" {
		c.held = fmt.Sprintf("nothing is deleted while %s is suspicious", s.key)
	}
}

// noteSuspicious reports a suspicious set at the destination or in the plan.
func (c *group) noteSuspicious() {
	for _, s := range c.suspects {
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Suspicious, VM: c.vm, Item: s.key.String(), Bytes: state.TotalBytes(s.content()), Why: s.suspect})
	}
}

// Suspicious returns why each suspicious set at the destinations that were read is
// suspicious, by address. Like Standings it needs no source.
func Suspicious(in Input) map[string]string {
	return eachCandidate(in, func(c *group, note func(*candidate, string)) {
		for _, s := range c.suspects {
			if s.remote != nil {
				note(s, s.suspect)
			}
		}
	})
}
