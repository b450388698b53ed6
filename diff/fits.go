package diff

import (
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// longestRun has the length of a run id, which becomes part of names in trash.
const longestRun = "20060102T150405Z-000000000000"

// MaxSize is where a number in JSON stops being exact.
const MaxSize = 1 << 53

// dropUnfit drops a set whose names the destination cannot hold: a set that is never
// uploaded must not use up a place in retention.
func (c *group) dropUnfit(s *candidate) {
	if s.mode == "" {
		return
	}
	err := c.fits(s.key, s.content())
	if err == nil && s.local != nil {
		err = checkPaths(s.local.Path, s.local.Files)
	}
	if err != nil {
		c.note("name", state.Set{Key: s.key}, unfit(err))
		s.mode, s.unfit = "", true
		if s.remote == nil {
			s.state = state.Incomplete
		}
	}
}

// unfit returns why a name cannot be used, with the hint if there is one.
func unfit(err error) string {
	if hint := providers.Hint(err); hint != "" {
		return err.Error() + ". " + hint
	}
	return err.Error()
}

// blocked is the first part of a path that cannot be a folder for sets: our own
// folder, or a name at the destination that is not such a folder.
func (c *group) blocked(final string) string {
	inv := c.w.Inventories[c.dest.Name]
	for p := final; p != "."; p = path.Dir(p) {
		if p == string(c.work) || slices.Contains(inv.Foreign, p) || slices.Contains(inv.Unsupported, p) || slices.Contains(inv.Links, p) {
			return p
		}
	}
	return ""
}

// fits returns why a set with these files cannot be staged, published or put
// into trash: a name that is too long once decorated, a path that is too long
// for a server, a time that the layout cannot hold, what the destination says
// that it cannot hold.
func (c *group) fits(k state.Key, files []state.File) error {
	limits := c.w.Inventories[c.dest.Name].Limits
	final := c.dest.Layout.Path(k)
	if back, ok := c.dest.Layout.Key(final); !ok || back != k {
		return fmt.Errorf("layout %s has no name for it: %w", c.dest.Layout, providers.ErrName)
	}
	if err := limits.CheckPath(path.Join(final, state.ManifestName)); err != nil {
		return err
	}
	if blocked := c.blocked(final); blocked != "" {
		return fmt.Errorf("%s is in the place of its folder: %w", blocked, providers.ErrName)
	}
	longest := c.work.Deleted(k, longestRun)
	if staged := c.work.StagedSet(k); len(staged) > len(longest) {
		longest = staged
	}
	if len(final) > len(longest) {
		longest = final
	}
	if err := limits.CheckPath(path.Join(c.work.Deleted(k, longestRun), state.ManifestName)); err != nil {
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
