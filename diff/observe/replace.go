package observe

import (
	"errors"

	"github.com/vmxsync/vmxsync/state"
)

// exchange replaces a set by the local one: where -replace names it, also a set that
// looks the same, because nobody can see from here whether its bytes are still those
// that were sent; and by itself where it is proven that they are not.
func exchange(g *Group, c Candidate) Candidate {
	if fetched := fetch(g, c); fetched.From.Place != "" && CheckReplace(g, fetched) == nil {
		c = fetched
	}
	if c.Remote == nil || !g.Resent(c) && !c.heals() || CheckReplace(g, c) != nil {
		return c
	}
	c.Way = ByReplace
	if c.Finding != Stripped {
		c.Finding = ""
	}
	return c
}

// heals reports whether the local set is what a damaged copy was made of, as far as names,
// sizes and times tell: the copy was read and does not match its manifest, or its manifest
// is torn. A local set that was written again since is for a person to judge.
func (c Candidate) heals() bool {
	torn := c.Remote.Marked && c.Remote.Manifest == nil
	return c.State == state.Damaged && c.Local != nil && (torn || c.Found()) && !c.Rewritten() &&
		state.SameContent(c.Remote.Files, c.Local.Files)
}

// Resent reports whether -replace names the set.
func (g *Group) Resent(c Candidate) bool { return g.World.Flags.Replaces(g.Address(c.Key)) }

// CheckReplace returns why a set cannot be replaced; nil if it can.
func CheckReplace(g *Group, c Candidate) error {
	switch {
	case g.Unknown != nil || c.State == state.Unknown:
		return errors.New("the state of the set there is not known")
	case c.Local == nil:
		return errors.New("no source holds a ready set of that address")
	case c.Remote == nil:
		return nil // it is uploaded as any other
	case g.InPlace():
		return errors.New("the destination publishes in place, and cannot move the old set to trash")
	case c.BeingDeleted():
		return errors.New("its deletion is not finished")
	case c.Remote.Odd:
		return errors.New("it contains something that vmxsync never deletes, so it could never leave the trash: " + c.Remote.Problem)
	case MayLead(g, c):
		return errors.New("it, or a folder in it, may be a link to the files of another set, which would be deleted with it")
	}
	return nil
}

// MayLead reports whether files below a set may be those of another: a replaced set is
// deleted from trash a week later. A manifest of its own proves that the folder is no
// other set's, one that fits that all files in it are its own.
func MayLead(g *Group, c Candidate) bool {
	r := c.Remote
	if c.Doubt || r.State != state.Damaged || c.Found() || !g.There().LinksHidden {
		return c.Doubt
	}
	return len(r.Dirs) > 0 || r.Manifest == nil || r.Manifest.Key != c.Key
}
