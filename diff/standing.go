package diff

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state/config"

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
	Proofs                  Proofs
	// Others are the sets at final names that do not count, by state.
	Others map[state.State]int
	// Vanished are the recorded sets that are absent and that no apply has deleted.
	Vanished int
	// GoneSince is when a VM was last seen at its source where it is missing; zero:
	// it is there.
	GoneSince time.Time
	// FreshWithin is how young the newest set must be; zero: any age will do.
	FreshWithin config.Span
	Stale       bool // and it is not
	// VerifiedWithin is how young the proof of each set must be; zero: none is missed.
	VerifiedWithin config.Span
	NotProven      int // sets whose proof is older, or that have none
	// VerifyEvery is how often the verify block of the VM promises to prove each set; zero
	// without a block.
	VerifyEvery config.Span
	Unkept      int // sets of which that promise is not kept
	// MaxBehind is how old a set may be that waits for its upload; zero: no backup
	// sends the VM there.
	MaxBehind config.Span
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
	groups, err := decideAll(in.world())
	var all []Standing
	for _, g := range groups {
		if s := standing(g); s.Rule == "" || s.Unknown != "" || s.Unreadable != "" || s.Counted+len(s.Others)+s.Vanished > 0 {
			all = append(all, s)
		}
	}
	return all, err
}

func standing(g *decide.Group) Standing {
	zone, _ := g.World.Zone(g.Source)
	s := Standing{Destination: g.Destination.Name, VM: g.VM, Rule: g.Rule, Others: map[state.State]int{}, Vanished: len(g.Vanished), MaxBehind: g.MaxBehind, Zone: zone, Ended: g.Ended}
	if g.Rule == observe.Orphan && g.World.Empty(g.Source.Name) { // nobody knows
		s.Rule = ""
	}
	s.Unreadable, s.NotBackedUp = textOf(observe.CheckSourceSets(&g.Group)), textOf(cmp.Or(checkReady(g), g.Lacking))
	if g.Unknown != nil {
		s.Unknown = g.Unknown.Error()
		return s
	}
	for _, d := range g.Decisions {
		switch {
		case d.Remote == nil:
		case d.Counted():
			s.Counted++
			s.Bytes += d.Remote.Bytes()
			if d.Remote.Manifest != nil && d.Remote.Manifest.NoSums {
				s.Adopted++
			}
			s.Proofs.add(d.Remote.Proven)
		default:
			s.Others[d.State]++
		}
	}
	if since, missed := decide.Missed(g); missed {
		s.GoneSince = since
	}
	if newest, ok := g.Newest(decide.Decision.Counted); ok {
		s.Newest, s.At = newest.Key.Stamp, newest.Key.Stamp.In(zone)
		if newest.Remote != nil {
			s.Proofs.Newest = newest.Remote.Proven
		}
	}
	s.VerifiedWithin, s.NotProven = g.Verified, len(decide.NotProven(g))
	if g.Verify != nil {
		s.VerifyEvery, s.Unkept = g.Verify.Every, len(decide.NotProvenWithin(g, g.Verify.Every))
	}
	if decide.Judged(g) {
		s.FreshWithin, s.Stale = g.Fresh, s.Newest == "" || decide.Old(g, s.Newest)
	}
	return s
}

// textOf is the text of an error; "" for none.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// checkReady returns why the newest set at the source that is neither settling nor
// waited for cannot be sent; nil where it can.
func checkReady(g *decide.Group) error {
	if g.Rule != "" {
		return nil
	}
	for _, set := range slices.Backward(g.World.Sets(g.Source.Name, g.VM)) {
		switch {
		case set.State == state.Settling, set.Awaited:
		case set.State == state.NotReady:
			return fmt.Errorf("%s: %s", set.Key, set.Problem)
		default:
			return nil
		}
	}
	return nil
}

// Stripped returns, by address, when each set was complete whose manifest is gone, at the
// destinations that were read. Like Standings it needs no source.
func Stripped(in Input) map[string]string {
	groups, _ := decideAll(in.world()) // the plan refuses a VM of two backups
	all := map[string]string{}
	for _, g := range groups {
		for _, c := range g.Candidates {
			if c.Finding == observe.Stripped {
				all[g.Address(c.Key)] = c.Remote.Problem
			}
		}
	}
	return all
}

// Suspicious returns why each suspicious set at the destinations that were read is
// suspicious, by address. Like Standings it needs no source.
func Suspicious(in Input) map[string]string {
	groups, _ := decideAll(in.world()) // the plan refuses a VM of two backups
	all := map[string]string{}
	for _, g := range groups {
		for _, d := range g.Suspects() {
			if d.Remote != nil {
				all[g.Address(d.Key)] = d.Suspect
			}
		}
	}
	return all
}
