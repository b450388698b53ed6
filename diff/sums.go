package diff

import (
	"path"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// sums are the changes by which the sets of a group that stay get the checksums that a
// reading has found.
func sums(g *decide.Group) (changes []Change) {
	if g.Unknown != nil || g.World.Flags.Destroy {
		return nil
	}
	for _, d := range g.Decisions {
		if c, ok := addSums(g, d); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

// addSums is the change of one set; false where it stays as it is.
func addSums(g *decide.Group, d decide.Decision) (Change, bool) {
	s := d.Remote
	switch {
	case s == nil || s.Manifest == nil || s.State != state.Complete || d.State != state.Complete && d.State != state.Suspicious:
		return Change{}, false
	case g.There().Limits.CheckPath(path.Join(s.Path, state.NextManifestName)) != nil: // it stays without checksums, and as good as it was
		return Change{}, false
	case d.Disposition.Deletes(), d.Disposition.Creates(), !g.World.Flags.Selects(g.Address(d.Key)):
		return Change{}, false
	}
	c := Change{
		Address: g.Address(d.Key), Action: Update, Mode: AddSums, Policy: g.Policy.Name, Path: s.Path,
		Files: listed(s.Files), Bytes: s.Bytes(), Manifest: s.Manifest.Identity(),
	}
	reason := retention.Reason{Rule: string(AddSums), Code: "sums"}
	files := g.There().FirstReadings[d.Key].FirstSums(s.Manifest)
	switch {
	case s.Unnamed && !s.Manifest.NoSums:
		c.Sums, reason.Text = s.Manifest.Sums(), "its manifest has its checksums, and gets its name"
	case files != nil:
		var last time.Time
		for _, f := range files {
			c.Sums = append(c.Sums, f.SHA256)
			last = slices.MaxFunc([]time.Time{last, f.At}, time.Time.Compare)
		}
		reason.Text = "checksums of the reading of " + last.UTC().Format(time.DateOnly) + " go into its manifest"
	default:
		return Change{}, false
	}
	c.Reasons = []Reason{reason}
	return c, true
}
