package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/drill"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Input is what was read of the destinations.
type Input struct {
	Spec      *config.Spec
	Standings []diff.Standing
	Sets      map[string][]state.Set // by destination, with what was proven of them
	Drills    map[string][]state.Drill
	Unread    map[string]bool // destinations whose drills are not known
	Now       time.Time
}

// Report is the evidence, in the order of the configuration and by name.
type Report struct {
	Rows   []Row
	Drills []Rehearsal
}

// Row is one VM at one destination.
type Row struct {
	Destination, VM string
	Newest          state.Stamp // of the sets that count; "" where none does
	At              time.Time   // when that was
	Sets            int         // that count
	Proof           *Proof      // the last one; nil: none
	Drill           *drill.Held // the last one, of whatever name; nil: none
	Unknown         string      // why the sets are not known; "" if they are
	Overdue         []string    // what is, one sentence each
}

// Proof is when every file of a set was last found as its manifest says.
type Proof struct {
	state.Key
	At    time.Time // of the file that was proven longest ago
	Level string    // that of the file that is proven worst: state.ReadProof, state.ServerProof or state.ProofUnknown
}

// Rehearsal is a drill of the configuration.
type Rehearsal struct {
	config.Drill
	drill.Schedule
	Unknown bool // a destination of it could not be read
}

// Collect collects the evidence.
func Collect(in Input) Report {
	var r Report
	held := in.held()
	for _, d := range in.Spec.Drills {
		unknown := slices.ContainsFunc(d.From, func(name string) bool { return in.Unread[name] })
		r.Drills = append(r.Drills, Rehearsal{d, drill.When(d, held, in.Now), unknown})
	}
	for _, s := range in.Standings {
		r.Rows = append(r.Rows, in.row(s, held))
	}
	return r
}

func (in Input) held() (all []drill.Held) {
	for _, d := range in.Spec.Destinations {
		for _, one := range in.Drills[d.Name] {
			all = append(all, drill.Held{Place: d.Name, Drill: one})
		}
	}
	return all
}

func (in Input) row(s diff.Standing, held []drill.Held) Row {
	row := Row{Destination: s.Destination, VM: s.VM, Newest: s.Newest, At: s.At, Sets: s.Counted, Unknown: s.Unknown, Proof: in.proof(s)}
	if last, there := drill.Last(held, in.Now, func(h drill.Held) bool { return h.Place == s.Destination && h.VM == s.VM }); there {
		row.Drill = &last
	}
	if s.Unknown != "" {
		return row
	}
	row.Overdue = append(wrong(s), in.doubts(s)...)
	if s.NotProven > 0 {
		row.Overdue = append(row.Overdue, fmt.Sprintf("%s not proven within %s", wording.Count(s.NotProven, "set"), s.VerifiedWithin))
	}
	if s.Unkept > s.NotProven {
		row.Overdue = append(row.Overdue, fmt.Sprintf("%s not verified within %s", wording.Count(s.Unkept, "set"), s.VerifyEvery))
	}
	row.Overdue = append(row.Overdue, in.drillsOverdue(s, held)...)
	if d := row.Drill; d != nil && d.Verdict == state.Failed && !slices.Contains(row.Overdue, failed(d.Name)) {
		row.Overdue = append(row.Overdue, fmt.Sprintf("its last drill failed (%s)", d.Name))
	}
	return row
}

// failed is what is shown of a drill that failed.
func failed(name string) string { return fmt.Sprintf("drill %s failed", name) }

// proof is the last proof of a set of a VM. Where the ledger could not be read, it is of the
// level state.ProofUnknown.
func (in Input) proof(s diff.Standing) (last *Proof) {
	for _, set := range in.Sets[s.Destination] {
		p := set.Proven
		switch {
		case set.VM != s.VM || set.State != state.Complete || p == nil:
		case p.Level == state.ProofUnknown:
			return &Proof{Key: set.Key, Level: p.Level}
		case !p.At.IsZero() && !state.IsAhead(p.At, in.Now) && (last == nil || last.before(set.Key, p.At)):
			last = &Proof{set.Key, p.At, p.Level}
		}
	}
	return last
}

// before reports whether the proof of another set says more: it is of a later day, or of the
// same day and of a newer set.
func (p *Proof) before(k state.Key, at time.Time) bool {
	day, other := p.At.UTC().Format(time.DateOnly), at.UTC().Format(time.DateOnly)
	return cmp.Or(strings.Compare(day, other), p.Key.Compare(k)) < 0
}

// drillsOverdue are the drills that take the VM there and are overdue for it: the last one
// failed, or was longer ago than a round over all VMs of the drill takes.
func (in Input) drillsOverdue(s diff.Standing, held []drill.Held) (overdue []string) {
	for _, d := range in.Spec.Drills {
		if s.Newest == "" || !d.Takes(s.VM) || !slices.Contains(d.From, s.Destination) {
			continue
		}
		last, there := drill.Last(held, in.Now, func(h drill.Held) bool {
			return h.Name == d.Name && h.Place == s.Destination && h.VM == s.VM
		})
		switch {
		case !there:
		case last.Verdict == state.Failed:
			overdue = append(overdue, failed(d.Name))
		case d.Pick == config.OldestUndrilled && !in.Now.Before(in.roundAfter(d, last.Began)):
			overdue = append(overdue, fmt.Sprintf("no drill %s within its round", d.Name))
		}
	}
	return overdue
}

// roundAfter is the time by which a drill has taken each of its VMs again.
func (in Input) roundAfter(d config.Drill, t time.Time) time.Time {
	for _, s := range in.Standings {
		if s.Newest != "" && d.Takes(s.VM) && slices.Contains(d.From, s.Destination) {
			t = d.Every.After(t)
		}
	}
	return t
}
