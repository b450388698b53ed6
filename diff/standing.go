package diff

import (
	"cmp"
	"errors"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// Standing is how one VM stands at one destination now: no plan has any part in
// it.
type Standing struct {
	Destination string
	VM          string
	// Rule is "orphan" or "unassigned" where the VM is kept and not rotated.
	Rule string
	// Unknown says why what is there is not known; "" if it is.
	Unknown string
	Newest  state.Stamp // of the sets that count; "" where none does
	At      time.Time   // when that was
	Counted int         // sets
	Bytes   int64       // of these
	// Unreadable says why what the source holds of the VM could not be read as a
	// whole, and NotBackedUp why its newest set is not complete here and will not
	// be; "" where it is not so.
	Unreadable, NotBackedUp string
	Adopted                 int // of these: without sums, as far as their manifests were read
	// Others are the sets at final names that do not count, by state.
	Others map[state.State]int
	// Vanished are the recorded sets that are absent without a delete of ours.
	Vanished int
	// GoneSince is when a VM was last seen at its source that is missed there; zero: it
	// is not.
	GoneSince time.Time
	// FreshWithin is how young the newest set must be; zero: it is not judged.
	FreshWithin state.Span
	Stale       bool // and it is not
	// MaxBehind is how old a set may be that waits for its upload; zero: no backup
	// sends the VM there.
	MaxBehind state.Span
	// Ended: the VM is gone for good, as retired or exclude of its backup say. Nobody
	// waits for new sets.
	Ended bool
	Zone  *time.Location // of the times in the names of its sets
}

// Overdue reports whether a set has waited for its upload for longer than the
// backup lets it, and since when.
func (s Standing) Overdue(waiting state.Stamp, now time.Time) (since time.Time, overdue bool) {
	if s.Zone == nil || s.MaxBehind.IsZero() {
		return time.Time{}, false
	}
	since = waiting.In(s.Zone)
	return since, !since.After(s.MaxBehind.Before(now.In(s.Zone)))
}

// Standings tells how all VMs stand that a destination holds sets of or may get,
// in the order of the configuration and by name. It needs no source, and says
// nothing of destinations that were not read. Like Compute, it believes a
// manifest that it has not seen.
func Standings(in Input) ([]Standing, error) {
	w := newWorld(in)
	_ = w.refusal() // a plan's; here it finds the sources that say nothing
	var all []Standing
	w.planned = func(c *chain) {
		if s := c.standing(); s.Rule == "" || s.Unknown != "" || s.Unreadable != "" || s.Counted+len(s.Others)+s.Vanished > 0 {
			all = append(all, s)
		}
	}
	var errs []error
	for _, d := range in.Spec.Destinations {
		if w.readable(d.Name) {
			errs = append(errs, w.planDestination(d))
		}
	}
	return all, errors.Join(errs...)
}

func (c *chain) standing() Standing {
	zone, _ := c.w.zone(c.source)
	s := Standing{Destination: c.dest.Name, VM: c.vm, Rule: c.rule, Others: map[state.State]int{}, Vanished: len(c.vanished), MaxBehind: c.maxBehind, Zone: zone, Ended: c.ended}
	if c.rule == orphanRule && c.w.blank[c.source.Name] { // nobody knows
		s.Rule = ""
	}
	s.Unreadable, s.NotBackedUp = c.unreadable(), cmp.Or(c.unready(), c.lacking)
	if c.blind {
		s.Unknown = unknownVM(c.w.Inventories[c.dest.Name], c.vm)
		return s
	}
	for _, x := range c.slots {
		switch {
		case x.remote == nil:
		case x.counted():
			s.Counted++
			s.Bytes += x.remote.Bytes()
			if x.remote.Manifest != nil && x.remote.Manifest.NoSums {
				s.Adopted++
			}
		default:
			s.Others[x.state]++
		}
	}
	if since, missed := c.missed(); missed {
		s.GoneSince = since
	}
	if newest := c.newest((*slot).counted); newest != nil {
		s.Newest, s.At = newest.key.Stamp, newest.key.Stamp.In(zone)
	}
	if c.judged() {
		s.FreshWithin, s.Stale = c.fresh, s.Newest == "" || c.old(s.Newest)
	}
	return s
}
