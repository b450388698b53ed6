package observe

import (
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// Copy is a set at another destination.
type Copy struct {
	Place  string
	Proven time.Time // when the file was proven that was proven longest ago; zero: not known
}

// Elsewhere is where a set is complete with the same names and sizes, besides the destination
// of the group: where it was proven last, if that is known anywhere. False: nowhere.
func (g *Group) Elsewhere(s state.Set) (found Copy, there bool) {
	for _, d := range g.World.Spec.Destinations {
		inv := g.World.Inventories[d.Name]
		other, holds := inv.Find(s.Key)
		if d.Name == g.Destination.Name || !holds || other.State != state.Complete || !other.Marked || !state.SameContent(other.Files, s.Files) {
			continue
		}
		c := Copy{Place: d.Name, Proven: provenAt(inv.Proofs[s.Key], other)}
		if !there || c.Proven.After(found.Proven) {
			found, there = c, true
		}
	}
	return found, there
}

// provenAt is when a set was proven whose manifest may not have been read; zero if it was not.
func provenAt(p state.Proof, s state.Set) (first time.Time) {
	if s.Manifest != nil {
		first, _, _ = p.OfSet(s.Manifest)
		return first
	}
	for _, f := range s.Files {
		was, _ := p.Of(f.Path)
		if !was.Proves(state.ManifestFile{Path: f.Path, Size: f.Size, SHA256: was.SHA256}, time.Unix(0, 0)) {
			return time.Time{}
		}
		if first.IsZero() || was.At.Before(first) {
			first = was.At
		}
	}
	return first
}
