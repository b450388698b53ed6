package diff

import (
	"cmp"
	"errors"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// Standing is the state of one VM at one destination now, without any plan.
type Standing struct {
	Destination string
	VM          string
	// Rule is "orphan" or "unassigned" where the VM is kept and not rotated.
	Rule string
	// Unknown is why the sets there are not known; "" if they are.
	Unknown string
	Newest  state.Stamp // of the sets that count; "" where none does
	At      time.Time   // when that was
	Counted int         // sets
	Bytes   int64       // of these
	// Unreadable is why what the source holds of the VM could not be read as a
	// whole, and NotBackedUp why its newest set is not complete here and will not
	// be; "" where it is not so.
	Unreadable, NotBackedUp string
	Adopted                 int // of these: without sums, as far as their manifests were read
	// Others are the sets at final names that do not count, by state.
	Others map[state.State]int
	// Vanished are the recorded sets that are absent and that no apply has deleted.
	Vanished int
	// GoneSince is when a VM was last seen at its source where it is missing; zero:
	// it is there.
	GoneSince time.Time
	// FreshWithin is how young the newest set must be; zero: any age will do.
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

// Standings are the states of all VMs that a destination holds or may get, in the order
// of the configuration and by name. It needs no source, and skips destinations that
// were not read. Like Compute, it believes a
// manifest that it has not seen.
func Standings(in Input) ([]Standing, error) {
	w := newPlanner(in)
	_ = w.refusal() // an error of plans; here it finds the sources that are empty or not read
	var all []Standing
	var errs []error
	for _, d := range in.Spec.Destinations {
		if w.readable(d.Name) {
			p, err := w.planDestination(d, queue{})
			errs = append(errs, err)
			for _, c := range p.groups {
				if s := c.standing(); s.Rule == "" || s.Unknown != "" || s.Unreadable != "" || s.Counted+len(s.Others)+s.Vanished > 0 {
					all = append(all, s)
				}
			}
		}
	}
	return all, errors.Join(errs...)
}

func (c *group) standing() Standing {
	zone, _ := c.w.zone(c.source)
	s := Standing{Destination: c.dest.Name, VM: c.vm, Rule: c.rule, Others: map[state.State]int{}, Vanished: len(c.vanished), MaxBehind: c.maxBehind, Zone: zone, Ended: c.ended}
	if c.rule == orphanRule && c.w.emptySources[c.source.Name] { // nobody knows
		s.Rule = ""
	}
	s.Unreadable, s.NotBackedUp = c.whyUnreadable(), cmp.Or(c.whyNotReady(), c.lacking)
	if c.unknown {
		s.Unknown = whyUnknown(c.w.Inventories[c.dest.Name], c.vm)
		return s
	}
	for _, x := range c.candidates {
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
	if newest := c.newest((*candidate).counted); newest != nil {
		s.Newest, s.At = newest.key.Stamp, newest.key.Stamp.In(zone)
	}
	if c.judged() {
		s.FreshWithin, s.Stale = c.fresh, s.Newest == "" || c.old(s.Newest)
	}
	return s
}
