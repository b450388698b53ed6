package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/verify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/proofs"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Proofs are what an apply has read back, and found.
type Proofs struct {
	Sets       []verify.Set
	Read       int64 // bytes
	Unrecorded error // why what was found damaged is not recorded; nil if it is
}

// Counts are the sets by what was found.
type Counts struct{ Proven, Bad, Unasked, Later int }

// Count counts the sets. Those that were deleted meanwhile are none of these.
func (p Proofs) Count() (n Counts) {
	for _, s := range p.Sets {
		switch v := s.Verdict(); {
		case s.Gone:
		case v == verify.OK:
			n.Proven++
		case v == verify.Later:
			n.Later++
		case v == verify.Unasked:
			n.Unasked++
		case v.Bad():
			n.Bad++
		}
	}
	return n
}

// Short is why the apply is not complete, in a few words; "" if it is.
func (p Proofs) Short() string {
	var parts []string
	n := p.Count()
	if n.Bad > 0 {
		parts = append(parts, wording.Count(n.Bad, "set")+" "+wording.Pick(n.Bad, "does not match its manifest", "do not match their manifests"))
	}
	if n.Unasked > 0 {
		parts = append(parts, wording.Count(n.Unasked, "set")+" could not be verified")
	}
	return strings.Join(parts, ", ")
}

// DamagedHint is what becomes of a damaged set.
const DamagedHint = "A damaged set is kept and no longer counts. Where the source or another destination still holds it, the next plan sends it again; otherwise vmxsync plan names what can be done."

// Failures are the errors of what does not match, and of what could not be asked.
func (p Proofs) Failures() (errs []error) {
	var bad, unasked []error
	for _, s := range p.Sets {
		for _, line := range proofs.Faults(s) {
			bad = append(bad, failure.Reworded(s.Copy.Address()+": "+line, outcome.ErrPartial))
		}
		for _, line := range proofs.Unasked(s) {
			unasked = append(unasked, failure.Reworded(s.Copy.Address()+": "+line, outcome.ErrPartial))
		}
	}
	if len(bad) > 0 {
		bad[len(bad)-1] = failure.Hinted(bad[len(bad)-1], DamagedHint)
	}
	for _, err := range []error{
		failure.New("Copies do not match their manifests", errors.Join(bad...)),
		failure.New("Some copies could not be verified", errors.Join(unasked...)),
	} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// problems are the failures for those who are notified: one for each destination and kind.
func (p Proofs) problems() (all []notify.Problem) {
	var places []string
	bad, unasked := map[string]Proofs{}, map[string]Proofs{}
	for _, s := range p.Sets {
		at := s.Copy.Place
		if !slices.Contains(places, at) {
			places = append(places, at)
		}
		one := Proofs{Sets: []verify.Set{s}}
		if n := one.Count(); n.Bad > 0 {
			bad[at] = Proofs{Sets: append(bad[at].Sets, s)}
		} else if n.Unasked > 0 {
			unasked[at] = Proofs{Sets: append(unasked[at].Sets, s)}
		}
	}
	for _, place := range places {
		for _, part := range []Proofs{bad[place], unasked[place]} {
			if short := part.Short(); short != "" {
				all = append(all, part.problem(fmt.Sprintf("%s (%s)", short, place)))
			}
		}
	}
	return all
}

// problem joins the failures under one summary.
func (p Proofs) problem(summary string) notify.Problem {
	out := notify.Problem{Summary: summary}
	var lines []string
	for _, err := range p.Failures() {
		for _, d := range failure.Diagnostics(err) {
			lines = append(lines, d.Detail)
			out.Hint = d.Hint
		}
	}
	out.Detail = strings.Join(lines, "\n")
	return out
}

// Verified adds what was read back.
func (a *Apply) Verified(p Proofs) {
	n := p.Count()
	a.report.Done.Verified, a.report.Done.VerifiedBytes = n.Proven, p.Read
	a.report.Errors = append(a.report.Errors, p.problems()...)
	for _, s := range p.Sets {
		if _, damaged := s.Damage(); damaged {
			a.report = a.report.Without(s.Copy.Address())
		}
	}
}
