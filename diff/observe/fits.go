package observe

import (
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// LongestRun has the length of a run id, which becomes part of names in trash.
const LongestRun = "20060102T150405Z-000000000000"

// MaxSize is where a number in JSON stops being exact.
const MaxSize = 1 << 53

// fits returns why a set cannot come to count under its names; nil if it can.
func fits(g *Group, c Candidate) error {
	if c.Way == "" {
		return nil
	}
	if err := CheckFits(g, c.Key, c.Content()); err != nil || c.Local == nil {
		return err
	}
	return CheckPaths(c.Local.Path, c.Local.Files)
}

// unfit is a candidate whose names the destination cannot hold: a set that is never
// uploaded must not use up a place in retention.
func unfit(c Candidate) Candidate {
	c.Way, c.Finding = "", Unfit
	if c.Remote == nil {
		c.State = state.Incomplete
	}
	return c
}

// Hinted returns why a name cannot be used, with the hint if there is one.
func Hinted(err error) string {
	if hint := providers.Hint(err); hint != "" {
		return err.Error() + ". " + hint
	}
	return err.Error()
}

// blocked is the first part of a path that cannot be a folder for sets: our own
// folder, or a name at the destination that is not such a folder.
func blocked(g *Group, final string) string {
	inv := g.There()
	for p := final; p != "."; p = path.Dir(p) {
		if p == string(g.Work()) || lists(inv.Foreign, p) || lists(inv.Unsupported, p) || lists(inv.Links, p) {
			return p
		}
	}
	return ""
}

// lists reports whether a sorted list has a path.
func lists(paths []string, p string) bool {
	_, there := slices.BinarySearch(paths, p)
	return there
}

// CheckFits returns why a set with these files cannot be staged, published or put
// into trash: a name that is too long once decorated, a path that is too long
// for a server, a time that the layout cannot hold, what the destination says
// that it cannot hold.
func CheckFits(g *Group, k state.Key, files []state.File) error {
	limits := g.There().Limits
	layout := g.Destination.Layout
	final := layout.Path(k)
	if back, ok := layout.Key(final); !ok || back != k {
		return fmt.Errorf("layout %s has no name for it: %w", layout, providers.ErrName)
	}
	if err := limits.CheckPath(path.Join(final, state.ManifestName)); err != nil {
		return err
	}
	if blocked := blocked(g, final); blocked != "" {
		return fmt.Errorf("%s is in the place of its folder: %w", blocked, providers.ErrName)
	}
	longest := g.Work().Deleted(k, LongestRun)
	if staged := g.Work().StagedSet(k); len(staged) > len(longest) {
		longest = staged
	}
	if len(final) > len(longest) {
		longest = final
	}
	if err := limits.CheckPath(path.Join(g.Work().Deleted(k, LongestRun), state.ManifestName)); err != nil {
		return err
	}
	var total int64
	for _, f := range files {
		if err := limits.CheckPath(path.Join(longest, f.Path)); err != nil {
			return err
		}
		if f.Size < 0 || f.Size >= MaxSize {
			return fmt.Errorf("%s has %d bytes: %w", f.Path, f.Size, providers.ErrName)
		}
		if total += f.Size; total >= MaxSize {
			return fmt.Errorf("its files have %d bytes or more together: %w", int64(MaxSize), providers.ErrName)
		}
	}
	return nil
}

// CheckPaths returns why a folder has names that cannot be sent; nil if it has none.
func CheckPaths(dir string, content []state.File) error {
	if err := providers.CheckPath(dir); err != nil {
		return err
	}
	for _, f := range content {
		if err := providers.CheckPath(dir + "/" + f.Path); err != nil {
			return err
		}
	}
	return nil
}
