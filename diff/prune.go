package diff

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// The kinds of cleanups at a source, besides ReturnCleanup.
const GoneCleanup = "gone"

// pruneSources plans what is pruned from the sources, after all changes at the
// destinations are known, and cleans up what an earlier prune has left.
func (w *planner) pruneSources() {
	if w.Options.Destroy { // only at destinations
		return
	}
	for _, s := range w.Spec.Sources {
		w.cleanAsides(s)
		if w.emptySources[s.Name] {
			continue
		}
		for _, vm := range slices.Sorted(maps.Keys(w.holds[s.Name])) {
			if b, ok := w.Spec.Assign(s.Name, vm); ok && b.PruneSource != "" && w.whyNoDeletes(s, vm) == "" {
				w.pruning(s, b, vm).plan()
			}
		}
	}
}

// pruning is one VM at a source while it is decided what is pruned from there.
type pruning struct {
	w      *planner
	source state.Source
	backup state.Backup
	vm     string
	policy state.Policy
}

func (w *planner) pruning(s state.Source, b state.Backup, vm string) *pruning {
	policy, _ := w.Spec.Policy(b.PruneSource)
	return &pruning{w, s, b, vm, policy}
}

// plan asks retention about the local sets alone.
func (p *pruning) plan() {
	inv := p.w.Inventories[p.source.Name]
	zone, _ := p.w.zone(p.source)
	decisions := retention.Decide(p.policy, inv.Of(p.vm), p.w.Now.In(zone)).Decisions
	for _, d := range slices.Backward(decisions) { // oldest first
		if s, _ := inv.Find(d.Key); !d.Keep && s.State == state.Complete {
			p.prune(s, d.Reasons)
		}
	}
}

// prune plans to delete one local set, or reports what prevents it.
func (p *pruning) prune(s state.Set, why []Reason) {
	ground, err := p.justify(s.Key)
	if fresh := p.w.firstUse(); fresh != "" {
		err = fmt.Errorf("this is the first use of %s", fresh)
	}
	if err == nil {
		err = checkPaths(state.Aside(s.Path, longestRun), s.Files)
	}
	if err != nil {
		p.note("not-pruned", s, err.Error())
		return
	}
	if ground.coming {
		return // its upload is in this plan: a later one may prune it
	}
	address := state.Address(p.source.Name, s.Key)
	if !p.w.Options.Selects(address) {
		p.w.exclude(address)
		return
	}
	if len(s.Ignored) > 0 {
		p.note("left", s, s.Ignored[0])
	}
	for _, c := range ground.groups {
		c.touch()
	}
	p.w.plan.Changes = append(p.w.plan.Changes, Change{
		Address: address, Action: Delete, Mode: Prune, Policy: p.policy.Name, Path: s.Path,
		Reasons: append(slices.Clone(why), retention.Reason{Rule: "prune_source", Code: "copied", Text: ground.text}),
		Files:   sourceFiles(s.Files), Bytes: s.Bytes(), Retains: ground.requires, ProvenSince: p.provenSince(),
	})
}

// provenSince is from when on a proof of a copy counts; zero: none does.
func (p *pruning) provenSince() time.Time {
	if p.backup.VerifiedWithin == (state.Span{}) {
		return time.Time{}
	}
	return p.backup.VerifiedWithin.Before(p.w.Now).UTC()
}

func (p *pruning) note(code string, s state.Set, why string) {
	p.w.notes.add(note{place: p.source.Name, code: code, vm: p.vm, item: s.Key.String(), bytes: s.Bytes(), why: why})
}

// firstUse names a destination that is used for the first time or taken over; "" if
// there is none. Nothing local is pruned in that run.
func (w *planner) firstUse() string {
	for _, d := range w.Spec.Destinations {
		if w.owns(Place{Name: d.Name, Owner: w.Inventories[d.Name].Owner}) {
			return d.Name
		}
	}
	return ""
}

// justification is what justifies that a set is pruned from its source.
type justification struct {
	groups   []*group
	requires []string // addresses
	text     string
	coming   bool // not yet: this plan brings it to a destination
}

// justify asks every destination of the backup. The set must be whole wherever
// its retention there keeps it, and at one at least; for a set that no
// destination keeps any more, each must hold min_keep newer ones.
func (p *pruning) justify(k state.Key) (justification, error) {
	var g justification
	var at []string
	for _, copy := range p.backup.Copies {
		c, err := p.group(copy.Destination)
		if err != nil {
			return g, err
		}
		g.groups = append(g.groups, c)
		if len(c.suspects) > 0 {
			return g, fmt.Errorf("%s is suspicious at %s", c.suspects[0].key, c.dest.Name)
		}
		if c.overwritten {
			return g, errors.New("local sets of this VM were rewritten since their upload")
		}
		s := c.candidate(k)
		switch {
		case s == nil:
			return g, fmt.Errorf("whether %s holds it is not known", c.dest.Name)
		case s.postponed:
			return g, fmt.Errorf("it waits for room in the quota of %s", c.dest.Name)
		case s.forgiven:
			return g, fmt.Errorf("it was rewritten since its upload to %s", c.dest.Name)
		case s.state == state.Incomplete:
			return g, errors.New(s.whyUndecided(c.dest.Name))
		case s.changed, s.excluded:
			g.coming = true
		case c.uploadExcluded:
			return g, fmt.Errorf("-target or -exclude leaves out an upload to %s", c.dest.Name)
		case !s.keep, s.deleteExcluded:
		case !s.proves():
			return g, fmt.Errorf("%s must keep it, but the set there %s", c.dest.Name, s.whyUnproven())
		default:
			g.requires = append(g.requires, c.address(k))
			at = append(at, c.dest.Name)
		}
	}
	if len(at) > 0 || g.coming {
		g.text = "complete at " + strings.Join(at, ", ")
		return g, nil
	}
	err := p.requireNewer(&g, k)
	return g, err
}

// group is the group at a destination, which must have been read.
func (p *pruning) group(destination string) (*group, error) {
	c := p.w.groups[state.Scope(destination, p.vm)]
	switch {
	case !p.w.readable(destination):
		return nil, fmt.Errorf("%s could not be read", destination)
	case c == nil || c.unknown || c.rule != "" || c.source.Name != p.source.Name:
		return nil, fmt.Errorf("whether %s holds it is not known", destination)
	case p.w.Inventories[destination].Owner != p.w.Spec.Name:
		return nil, fmt.Errorf("this is the first use of %s", destination)
	}
	return c, nil
}

// proves reports whether the destination holds the set complete, with checksums, and
// keeps it. A manifest that was not read is believed: see Unproven.
func (s *candidate) proves() bool {
	return s.counted() && !s.deleted && !s.deleteExcluded && s.state == state.Complete && s.remote.Marked &&
		(s.remote.Manifest == nil || !s.remote.Manifest.NoSums)
}

// whyUndecided returns why retention was not asked whether the destination keeps a ready
// local set.
func (s *candidate) whyUndecided(destination string) string {
	if s.beingDeleted() {
		return "its deletion at " + destination + " is not finished"
	}
	return destination + " cannot hold its names"
}

// whyUnproven returns why a set at a destination proves nothing.
func (s *candidate) whyUnproven() string {
	switch {
	case s.remote == nil:
		return "is missing"
	case s.state == state.Complete:
		return "has no checksums, because it was adopted"
	case s.state == state.Differs:
		return "differs"
	case s.state == state.OfAnother:
		return "belongs to another configuration"
	}
	return "is " + string(s.state)
}

// requireNewer finds the min_keep newer sets at each destination. Where some of them are
// uploaded by this plan, a later one prunes the set.
func (p *pruning) requireNewer(g *justification, k state.Key) error {
	for _, c := range g.groups {
		n, coming := 0, 0
		for _, s := range c.candidates { // newest first
			switch {
			case n == c.policy.MinKeep || s.key.Stamp <= k.Stamp:
			case s.changed && s.keep && !s.future:
				coming++
			case s.proves():
				g.requires = append(g.requires, c.address(s.key))
				n++
			}
		}
		if n+coming < c.policy.MinKeep {
			return fmt.Errorf("no destination keeps it, and %s holds %s complete with checksums: min_keep = %d", c.dest.Name, count(n, "newer set"), c.policy.MinKeep)
		}
		g.coming = g.coming || n < c.policy.MinKeep
	}
	g.text = "no destination keeps it, and each holds newer ones"
	return nil
}

// cleanAsides cleans up what an interrupted prune has left: the set is moved back,
// unless its files were being deleted already.
func (w *planner) cleanAsides(s state.Source) {
	for _, a := range w.Inventories[s.Name].Asides {
		if !w.Options.Selects(state.Address(s.Name, a.Key)) {
			continue
		}
		if why := w.whyAsideStays(s, a); why != "" {
			w.notes.add(note{place: s.Name, code: "aside", vm: a.VM, item: a.Path, why: why})
			continue
		}
		kind := ReturnCleanup
		if a.Gone {
			kind = GoneCleanup
		}
		w.plan.Cleanups = append(w.plan.Cleanups, Cleanup{
			Place: s.Name, Kind: kind, Path: a.Path, VM: a.VM, Files: listed(a.Files), Bytes: state.TotalBytes(a.Files),
		})
	}
}

// whyAsideStays returns why a leftover of a prune can neither be moved back nor deleted; "" if
// it can.
func (w *planner) whyAsideStays(s state.Source, a state.AsideSet) string {
	if _, there := w.Inventories[s.Name].Find(a.Key); there {
		return a.Final + " exists again"
	}
	if a.Problem != "" {
		return a.Problem
	}
	if i := slices.IndexFunc(a.Files, func(f state.File) bool { return f.ModTime.After(runStart(a)) }); a.Gone && i >= 0 {
		return a.Files[i].Path + " was written after the prune began, and exists nowhere else"
	}
	if err := checkPaths(a.Path, a.Files); err != nil {
		return err.Error()
	}
	if a.Gone && len(a.Files) > 0 {
		return w.whyUnjustified(s, a)
	}
	return ""
}

// whyUnjustified returns what the destinations lack by now that justified the prune: since
// its run died they may have lost it. Each must hold min_keep sets as new.
func (w *planner) whyUnjustified(s state.Source, a state.AsideSet) string {
	b, ok := w.Spec.Assign(s.Name, a.VM)
	if !ok {
		return "no backup sends it to a destination"
	}
	p := w.pruning(s, b, a.VM)
	for _, copy := range b.Copies {
		c, err := p.group(copy.Destination)
		if err != nil {
			return err.Error()
		}
		if n := c.count(func(x *candidate) bool { return x.key.Stamp >= a.Stamp && x.proves() }); n < c.policy.MinKeep {
			return fmt.Sprintf("%s holds only %d sets as new as it", c.dest.Name, n)
		}
	}
	return ""
}

// runStart is when the run began that pruned a set: its files are older. An id
// has whole seconds, and some disks only every other one.
func runStart(a state.AsideSet) time.Time {
	at, _ := RunTime(a.Run)
	return at.Add(2 * time.Second)
}
