package observe

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Copy is a set at another destination.
type Copy struct {
	Place  string
	Set    state.Set
	Proven time.Time // when the file was proven that was proven longest ago; zero: not known
}

// Elsewhere is where a set is complete with the same names and sizes, besides the destination
// of the group: where it was proven last, if that is known anywhere. False: nowhere.
func (g *Group) Elsewhere(s state.Set) (found Copy, there bool) {
	return g.elsewhere(s, func(state.Set) bool { return true })
}

// elsewhere is Elsewhere among those that will do.
func (g *Group) elsewhere(s state.Set, willDo func(state.Set) bool) (found Copy, there bool) {
	for _, d := range g.World.Spec.Destinations {
		inv := g.World.Inventories[d.Name]
		other, holds := inv.Find(s.Key)
		if d.Name == g.Destination.Name || !holds || other.State != state.Complete || !other.Marked || !state.SameContent(other.Files, s.Files) || !willDo(other) {
			continue
		}
		c := Copy{Place: d.Name, Set: other, Proven: provenAt(inv.Proofs[s.Key], other)}
		if !there || c.Proven.After(found.Proven) {
			found, there = c, true
		}
	}
	return found, there
}

// fetch has a damaged copy replaced by that of another destination, where no source holds the
// set: what is sent is then compared with the checksums of the copy that is read.
func fetch(g *Group, c Candidate) Candidate {
	if c.Local != nil || c.Remote == nil || c.State != state.Damaged || g.Rule != "" || !c.Remote.Marked || c.Remote.Manifest != nil && !c.Found() || g.World.atAnySource(c.Key) {
		return c
	}
	other, there := g.elsewhere(*c.Remote, func(s state.Set) bool {
		return !g.ofAnother(&s) && sameSums(c.Remote.Manifest, s.Manifest)
	})
	if !there {
		return c
	}
	from := other.Set
	from.Files = dated(from)
	c.Local, c.From = &from, other
	return c
}

// atAnySource reports whether a source may hold a set, in whatever state.
func (w *World) atAnySource(k state.Key) bool {
	return slices.ContainsFunc(w.Spec.Sources, func(s config.Source) bool {
		_, there := w.Inventories[s.Name].Find(k)
		return there || w.CheckSource(s.Name, k.VM) != nil
	})
}

// sameSums reports whether a copy is of the same bytes as one that is damaged, as far as their
// manifests tell: that of the damaged one may be torn, and that of the other not read yet.
func sameSums(damaged, other *state.Manifest) bool {
	switch {
	case other == nil:
		return true
	case damaged == nil || other.NoSums:
		return !other.NoSums
	}
	return slices.EqualFunc(damaged.Files, other.Files, func(a, b state.ManifestFile) bool {
		return a.Path == b.Path && a.Size == b.Size && a.SHA256 == b.SHA256
	})
}

// dated are the files of a set with the times that they had at their source, as its manifest
// has them.
func dated(s state.Set) []state.File {
	files := slices.Clone(s.Files)
	for i := range files {
		files[i].ModTime = time.Time{}
		if s.Manifest == nil {
			continue
		}
		for _, m := range s.Manifest.Files {
			if m.Path == files[i].Path {
				files[i].ModTime = m.MTime
			}
		}
	}
	return files
}

// NeededBy is another destination that holds this set damaged, while no source holds it; "" if
// there is none.
func (g *Group) NeededBy(s state.Set) string {
	for _, d := range g.World.Spec.Destinations {
		other, there := g.World.Inventories[d.Name].Find(s.Key)
		if d.Name != g.Destination.Name && there && other.Found != nil && state.SameContent(other.Files, s.Files) && !g.World.atAnySource(s.Key) {
			return d.Name
		}
	}
	return ""
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
