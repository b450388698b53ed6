package diff

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/state/wording"

	"github.com/vmxsync/vmxsync/diff/observe"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/state"
)

// justification is what justifies that a set is pruned from its source.
type justification struct {
	groups   []*decide.Group
	requires []string // addresses
	text     string
	coming   bool // not yet: this plan brings it to a destination
}

// justify asks every destination of the backup. The set must be whole wherever
// its retention there keeps it, and at one at least; for a set that no
// destination keeps any more, each must hold min_keep newer ones.
func justify(x pruning, k state.Key) (justification, error) {
	var why justification
	var at []string
	for _, copy := range x.backup.Copies {
		g, err := groupAt(x, copy.Destination)
		if err != nil {
			return why, err
		}
		why.groups = append(why.groups, g)
		does, err := roleOf(g, x.groundsOf(g), k)
		if err != nil {
			return why, err
		}
		switch does {
		case comesThere:
			why.coming = true
		case provenThere:
			why.requires = append(why.requires, g.Address(k))
			at = append(at, copy.Destination)
		}
	}
	if len(at) > 0 || why.coming {
		why.text = "complete at " + strings.Join(at, ", ")
		return why, nil
	}
	err := why.requireNewer(k)
	return why, err
}

// role is what a destination has to do with a set that is pruned.
type role int

const (
	unneeded    role = iota // it need not keep the set
	comesThere              // this plan brings it there
	provenThere             // it holds the set complete, with checksums, and keeps it
)

// grounds are what is the same for all sets of a group, and is found out once.
type grounds struct {
	suspects []decide.Decision // newest first
	omits    bool              // -target or -exclude leaves out an upload
}

func (x pruning) groundsOf(g *decide.Group) grounds {
	is, known := x.grounds[g]
	if !known {
		is = grounds{g.Suspects(), g.Omits()}
		x.grounds[g] = is
	}
	return is
}

// roleOf finds out what a destination has to do with a set; an error is why the set must
// stay at the source.
func roleOf(g *decide.Group, is grounds, k state.Key) (role, error) {
	name := g.Destination.Name
	if len(is.suspects) > 0 {
		return 0, fmt.Errorf("%s is suspicious at %s", is.suspects[0].Key, name)
	}
	if g.Overwritten {
		return 0, errors.New("local sets of this VM were rewritten since their upload")
	}
	d, known := g.Of(k)
	switch {
	case !known:
		return 0, fmt.Errorf("whether %s holds it is not known", name)
	case d.Finding == observe.Postponed:
		return 0, fmt.Errorf("it waits for room in the quota of %s", name)
	case d.Finding == observe.Forgiven:
		return 0, fmt.Errorf("it was rewritten since its upload to %s", name)
	case d.BeingDeleted():
		return 0, errors.New("its deletion at " + name + " is not finished")
	case d.State == state.Incomplete: // retention was not asked
		return 0, errors.New(name + " cannot hold its names")
	case d.Disposition.Creates(), d.Disposition == decide.Omit:
		return comesThere, nil
	case is.omits:
		return 0, fmt.Errorf("-target or -exclude leaves out an upload to %s", name)
	case !d.Kept(), d.Disposition == decide.Spare:
		return unneeded, nil
	case !proves(d):
		return 0, fmt.Errorf("%s must keep it, but the set there %s", name, whyUnproven(d))
	}
	return provenThere, nil
}

// groupAt is the group of the VM at a destination, which must have been read.
func groupAt(x pruning, destination string) (*decide.Group, error) {
	w := x.all.world
	g := x.all.groups[state.Scope(destination, x.vm)]
	switch {
	case !w.Readable(destination):
		return nil, fmt.Errorf("%s could not be read", destination)
	case g == nil || g.Unknown != nil || g.Rule != "" || g.Source.Name != x.source.Name:
		return nil, fmt.Errorf("whether %s holds it is not known", destination)
	case w.Inventories[destination].Owner != w.Spec.Name:
		return nil, fmt.Errorf("this is the first use of %s", destination)
	}
	return g, nil
}

// proves reports whether the destination holds the set complete, with checksums, and
// keeps it. A manifest that was not read is believed until it is proven.
func proves(d decide.Decision) bool {
	return d.Counted() && !d.Disposition.Deletes() && d.Disposition != decide.Spare && d.State == state.Complete && d.Remote.Marked &&
		(d.Remote.Manifest == nil || !d.Remote.Manifest.NoSums)
}

// whyUnproven is in which state a set at a destination is that proves nothing.
func whyUnproven(d decide.Decision) string {
	switch {
	case d.Remote == nil:
		return "is missing"
	case d.State == state.Complete:
		return "has no checksums, because it was adopted"
	case d.State == state.Differs:
		return "differs"
	case d.State == state.OfAnother:
		return "belongs to another configuration"
	}
	return "is " + string(d.State)
}

// requireNewer finds the min_keep newer sets at each destination. Where some of them are
// uploaded by this plan, a later one prunes the set.
func (j *justification) requireNewer(k state.Key) error {
	for _, g := range j.groups {
		n, coming := 0, 0
		for _, d := range g.Decisions { // newest first
			if n == g.Policy.MinKeep || d.Key.Stamp <= k.Stamp {
				break
			}
			switch {
			case d.Disposition.Creates() && d.Kept() && !d.Future:
				coming++
			case proves(d):
				j.requires = append(j.requires, g.Address(d.Key))
				n++
			}
		}
		if n+coming < g.Policy.MinKeep {
			return fmt.Errorf("no destination keeps it, and %s holds %s complete with checksums: min_keep = %d", g.Destination.Name, wording.Count(n, "newer set"), g.Policy.MinKeep)
		}
		j.coming = j.coming || n < g.Policy.MinKeep
	}
	j.text = "no destination keeps it, and each holds newer ones"
	return nil
}
