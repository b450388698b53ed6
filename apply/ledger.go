package apply

import (
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/record"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// ledger answers what the records of a run ask about its work.
type ledger struct {
	jobs     *jobs
	stops    *obstacles
	outcomes *outcomes
}

func (l ledger) Lost(place string) bool { return l.stops.lost[place] != nil }

func (l ledger) Unreachable(place string) bool {
	return slices.ContainsFunc(l.jobs.at[place], func(j *job) bool { return errors.Is(l.outcomes.failure(j), providers.ErrUnreachable) })
}

func (l ledger) Claimed(place string) bool {
	return slices.ContainsFunc(l.jobs.at[place], func(j *job) bool {
		s, owns := j.First(diff.OpOwn)
		return owns && j.isDone(s.ID)
	})
}

func (l ledger) Relies(place string) bool {
	return slices.ContainsFunc(l.jobs.all, func(j *job) bool {
		return (j.Place.Name == place && j.Deletes() || j.Has(diff.OpPrune)) && slices.Contains(j.destinations(), place)
	})
}

func (l ledger) Changes(place string) []record.Change {
	var all []record.Change
	for _, j := range l.jobs.at[place] {
		if j.Change.Address == "" {
			continue
		}
		_, goes := j.Deletion()
		c := record.Change{Change: j.Change, Key: j.Key, Deletes: goes, Deleted: j.deleted(), Landed: j.landed(), Aside: j.Has(diff.OpAside), Moves: j.moved()}
		if c.Landed {
			c.Files = j.Change.Files
		}
		all = append(all, c)
	}
	return all
}

func (l ledger) Deletions(place string) []record.Deletion {
	var all []record.Deletion
	for _, j := range l.jobs.at[place] {
		s, goes := j.Deletion()
		if goes && (j.isDone(s.ID) || l.stops.of(j) == nil) {
			all = append(all, record.Deletion{Key: j.Key.AsRecorded(), Done: j.isDone(s.ID)})
		}
	}
	return all
}

// deleted reports whether the set of a job no longer counts, because the job deletes it.
func (j *job) deleted() bool {
	s, goes := j.Deletion()
	return goes && (j.isDone(s.ID) || j.progress == preflight.Finished)
}

// landed reports whether the set of a job is at its final name as planned.
func (j *job) landed() bool {
	for _, op := range []diff.Op{diff.OpPublish, diff.OpSeal, diff.OpMark} {
		if s, ok := j.First(op); ok {
			return j.isDone(s.ID) || j.progress == preflight.Finished
		}
	}
	return false
}

// moved is what the place of a job has renamed from one folder into another to publish
// its set; "" if it has not, or if that is not needed.
func (j *job) moved() known.Moves {
	op := diff.OpPublish
	if step.Moves(j.Env) == known.MovesFiles {
		op = diff.OpSeal
	}
	s, ok := j.First(op)
	if !ok || !j.Store.Traits().MovesUnproven || !j.isDone(s.ID) && j.progress != preflight.Finished {
		return ""
	}
	return step.Moves(j.Env)
}
