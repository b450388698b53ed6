package observe

import (
	"cmp"
	"slices"

	"github.com/vmxsync/vmxsync/diff/likeness"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// A set that looks wrong justifies nothing. What counts, or is about to, is
// compared with the sets of its VM before it that do not look wrong: a backup
// program that failed leaves a set that looks finished, and two such nights must
// not make that the measure. A suspicious set is uploaded and kept, has no part
// in retention, and nothing of its VM is deleted before a person has accepted it.

// findSuspicious finds the candidates that fall short of those before them.
func findSuspicious(g *Group) {
	percent := g.World.Spec.Guard.MinSizePercent
	if percent == 0 || g.Rule == Unassigned {
		return
	}
	if g.Unknown != nil {
		g.Verdicts = verdictsOn(g, nil)
		return
	}
	sets := weigh(g)
	compare(g, sets, percent)
	clearAlike(sets, percent)
	doubtAdopted(g, sets, percent)
	acceptSuspicious(g, sets)
	g.Verdicts = verdictsOn(g, sets)
	for _, w := range sets {
		g.Candidates[w.at] = doubted(w.Candidate)
	}
}

// weigh lists what counts or is about to, oldest first.
func weigh(g *Group) (sets []weighed) {
	rules := rulesOf(g)
	for i, c := range slices.Backward(g.Candidates) {
		if c.Way == "" && !(c.Remote != nil && (c.State == state.Complete || c.Finding == Trusted)) {
			continue
		}
		sets = append(sets, weighed{Candidate: c, Likeness: likeness.Of(c.Key.Stamp, c.Content(), g.Source.Ignore), at: i, of: rules.over(c)})
	}
	return sets
}

// compare finds out how each set falls short of the sound ones before it.
func compare(g *Group, sets []weighed, percent int) {
	before := verdictsBefore{last: g.There().Known, accepts: func(c Candidate) bool { return accepts(g, c) }}
	sound := likeness.MeasureOf()
	for i := range sets {
		w := &sets[i]
		why, stays := before.over(w)
		if !stays {
			why = cmp.Or(lacksFile(w.Candidate), w.Unlike(sound, percent))
		}
		w.accepted = why != "" && accepts(g, w.Candidate)
		w.pardoned = w.accepted
		w.cleared = why == "" && before.doubted(w)
		switch {
		case why == "":
			sound.Add(w.Likeness)
			before.joins(w)
		case !w.accepted: // what is accepted counts, and is no measure yet
			w.Suspect = why
		}
	}
}

// doubtAdopted looks again at the sets that -adopt names. What has no set before it
// that stays is compared with those after it, and what is suspicious is adopted only
// where its full address is named: a pattern takes no half upload for a whole one.
func doubtAdopted(g *Group, sets []weighed, percent int) {
	named := func(w weighed) bool { return w.Way == ByAdopt && named(g, w.Candidate) }
	if !slices.ContainsFunc(sets, named) {
		return
	}
	later := unlikeLater(sets, percent)
	first := true
	for i := range sets {
		w := &sets[i]
		named := named(*w)
		if named && first && w.Suspect == "" && later[i] != "" && !accepts(g, w.Candidate) {
			w.Suspect = later[i]
		}
		if named && w.Suspect != "" && !g.World.Flags.AdoptsInFull(g.Address(w.Key)) {
			w.Way, w.Finding, w.Why, w.Suspect = "", Unalike, w.Suspect, ""
			continue
		}
		first = false
	}
}

// unlikeLater returns how each set falls short of the sound ones after it.
func unlikeLater(sets []weighed, percent int) []string {
	why, after := make([]string, len(sets)), likeness.MeasureOf()
	for i, w := range slices.Backward(sets) {
		why[i] = w.Unlike(after, percent)
		if w.Suspect == "" {
			after.Add(w.Likeness)
		}
	}
	return why
}

// accepts reports whether a person has accepted the set as it is.
func accepts(g *Group, c Candidate) bool {
	return c.Finding == Forgiven || g.World.Flags.Accepts(g.Address(c.Key)) ||
		g.There().Known.Accepts(c.Key.AsRecorded(), state.Digest(c.Content()))
}

// enoughAlike is how many sets alike, one after the other, a VM must have before
// the acceptance of one of them is that of all.
const enoughAlike = 3

// lacksFile returns which file of a disk the set names and lacks, as far as the source
// shows.
func lacksFile(c Candidate) string {
	if c.Local == nil || c.Local.Lacks == "" || !state.SameContent(c.Content(), c.Local.Files) {
		return ""
	}
	return c.Local.Lacks
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
				row[i].pardoned = row[i].pardoned || row[i].Suspect != ""
				row[i].Suspect = ""
			}
		}
		from = to
	}
}

// doubted takes a suspicious set out of what counts.
func doubted(c Candidate) Candidate {
	if c.Suspect == "" {
		return c
	}
	if c.Finding == Trusted {
		c.Finding = ""
	}
	if c.Way == "" && c.State == state.Complete {
		c.State = state.Suspicious
	}
	return c
}

// acceptSuspicious accepts the suspicious sets that a person has named, with the content
// that they have.
func acceptSuspicious(g *Group, sets []weighed) {
	for _, w := range sets {
		if w.pardoned || w.cleared && accepts(g, w.Candidate) {
			g.accept(known.Acceptance{Key: w.Key.AsRecorded(), SHA256: state.Digest(w.Content())}, w.Key, "suspicious, and counts from now on")
		}
	}
}
