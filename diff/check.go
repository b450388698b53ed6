package diff

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// check proves what an executor relies on: a plan may come from anywhere.
func (p *Plan) check() error {
	k := &checker{plan: p, places: map[string]Place{}, ids: map[string]bool{}, addresses: map[string]bool{}, groups: map[string]Group{}, seen: p.seen()}
	for _, step := range []func() error{
		k.checkOptions, k.checkPlaces, k.checkGroups, k.checkChanges, k.checkCleanups, k.checkKept, k.checkNotices, k.checkGuard, k.checkHooks, k.checkNotifies, k.checkMetrics, k.checkLog,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if p.Summary != p.summarize() {
		return errors.New("summary does not add up")
	}
	return p.checkTotals()
}

// checkTotals refuses sums that JSON cannot hold exactly, without adding up to
// where an int64 ends.
func (p *Plan) checkTotals() error {
	var upload, free int64
	for _, c := range p.Changes {
		if c.uploads() {
			upload = min(upload+c.Bytes, maxSize)
		}
		if c.Action == Delete {
			free = min(free+c.Frees(), maxSize)
		}
	}
	if upload < maxSize && free < maxSize {
		return nil
	}
	return fmt.Errorf("its sets have %s or more together, which is more than a plan can hold", state.FormatBytes(maxSize))
}

// Check refuses a plan that Open would refuse: nobody should be given one.
func (p *Plan) Check() error {
	if err := p.check(); err != nil {
		return providers.WithHint(fmt.Errorf("%w: %w", ErrInvalid, err), "Plan fewer sets at a time: -target=DESTINATION/VM.")
	}
	return nil
}

// checker remembers what it has seen of the plan.
type checker struct {
	plan      *Plan
	places    map[string]Place
	ids       map[string]bool // of the steps so far
	addresses map[string]bool // of the changes so far
	groups    map[string]Group
	seen      map[string]state.State // of the observed sets, by address
}

// checkOptions proves the patterns, which each change is matched with.
func (k *checker) checkOptions() error {
	o := k.plan.Options
	for _, pattern := range slices.Concat(o.Target, o.Exclude, o.Adopt, o.Accept) {
		if err := flags.CheckPattern(pattern); err != nil {
			return fmt.Errorf("options: %w", err)
		}
	}
	return nil
}

func (k *checker) checkPlaces() error {
	for _, x := range k.plan.Places {
		if _, twice := k.places[x.Name]; twice || x.Name == "" {
			return fmt.Errorf("place %q is a duplicate, or has no name", x.Name)
		}
		k.places[x.Name] = x
		if err := k.checkPlace(x); err != nil {
			return fmt.Errorf("place %q: %w", x.Name, err)
		}
	}
	return nil
}

func (k *checker) checkPlace(x Place) error {
	if x.Layout.Depth() == 0 {
		return errors.New("has no layout")
	}
	if x.Role == SourceRole {
		return refuseIf(len(x.Steps)+len(x.Observed) > 0 || x.Known != nil, "a source has steps")
	}
	if x.Role != DestinationRole {
		return fmt.Errorf("unknown role %q", x.Role)
	}
	if err := providers.CheckName(string(x.WorkDir)); err != nil {
		return fmt.Errorf("work_dir: %w", err)
	}
	if x.Publish != state.ByRename && (x.Publish != state.InPlace || x.Trust) {
		return fmt.Errorf("publish %q is unknown, or comes with trust_unmarked", x.Publish)
	}
	if x.Quota < 0 || x.Quota >= maxSize || x.Held < 0 || x.Held >= maxSize {
		return errors.New("has an invalid quota, or an invalid size of what it holds")
	}
	if x.Known != nil {
		if err := x.Known.Check(); err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	for i, s := range x.Steps {
		owns := i == 0 && s.Op == OpOwn && s.To == x.WorkDir.Owner() && s.From == ""
		disowns := i > 0 && s.Op == OpDisown && s.To == "" && isOwnerFile(s.From) && s.From != x.WorkDir.Owner()
		if !owns && !disowns {
			return fmt.Errorf("step %q does not write the owner", s.ID)
		}
		if err := k.checkStep(x.Name, s); err != nil {
			return err
		}
	}
	return nil
}

// isOwnerFile reports whether a path is that of the owner in a folder at the root.
func isOwnerFile(p string) bool {
	folder, _, _ := strings.Cut(p, "/")
	return providers.CheckName(folder) == nil && p == state.WorkDir(folder).Owner()
}

func refuseIf(bad bool, text string) error {
	if bad {
		return errors.New(text)
	}
	return nil
}

// checkStep proves what holds for every step; prefix begins its id.
func (k *checker) checkStep(prefix string, s Step) error {
	if len(s.ID) <= len(prefix) || s.ID[:len(prefix)] != prefix || k.ids[s.ID] {
		return fmt.Errorf("step id %q is a duplicate, or not one of %s", s.ID, prefix)
	}
	for _, id := range s.Needs {
		if !k.ids[id] {
			return fmt.Errorf("step %q needs %q, which is not before it", s.ID, id)
		}
	}
	k.ids[s.ID] = true
	for _, p := range []string{s.From, s.To} {
		if p == "" {
			continue
		}
		if err := providers.CheckPath(p); err != nil {
			return fmt.Errorf("step %q: %w", s.ID, err)
		}
	}
	return refuseIf(s.Size < 0 || s.Size >= maxSize, "step "+s.ID+" has an invalid size")
}

func (k *checker) checkGroups() error {
	for _, g := range k.plan.Groups {
		if k.places[g.Destination].Role != DestinationRole || providers.CheckName(g.VM) != nil || g.MinKeep < k.leastKept() {
			return fmt.Errorf("group %q of %q: unknown destination, invalid VM name, or min_keep below 1", g.VM, g.Destination)
		}
		if g.Order != state.UploadFirst && g.Order != state.DeleteFirst {
			return fmt.Errorf("group %q of %q: unknown order %q", g.VM, g.Destination, g.Order)
		}
		k.groups[state.Scope(g.Destination, g.VM)] = g
	}
	return nil
}

// leastKept is 0 only where sets are destroyed by -target: else one must stay.
func (k *checker) leastKept() int {
	if k.plan.Options.Destroy {
		return 0
	}
	return 1
}

func (k *checker) checkKept() error {
	for _, x := range k.plan.Kept {
		place, _, err := state.SplitAddress(x.Address)
		if err != nil || k.places[place].Role != DestinationRole {
			return fmt.Errorf("kept %q is not an address at a destination", x.Address)
		}
	}
	return nil
}

// checkFiles proves paths, order, sizes and, where it is not negative, a sum.
func checkFiles(files []File, sum int64) error {
	var total int64
	for i, f := range files {
		if err := providers.CheckPath(f.Path); err != nil || f.Path == "." {
			return fmt.Errorf("file %q: %w", f.Path, errors.Join(err, providers.ErrName))
		}
		if i > 0 && files[i-1].Path >= f.Path {
			return fmt.Errorf("file %q is not in order", f.Path)
		}
		if f.Size < 0 || f.Size >= maxSize || total+f.Size >= maxSize {
			return fmt.Errorf("file %q has an invalid size", f.Path)
		}
		total += f.Size
	}
	if sum >= 0 && sum != total {
		return fmt.Errorf("files have %d bytes, not %d", total, sum)
	}
	return nil
}

func (k *checker) checkCleanups() error {
	for _, c := range k.plan.Cleanups {
		if err := k.checkCleanup(c); err != nil {
			return fmt.Errorf("cleanup %q: %w", c.Path, err)
		}
	}
	return nil
}

func (k *checker) checkCleanup(c Cleanup) error {
	place := k.places[c.Place]
	if place.Role == SourceRole {
		return k.checkAside(place, c)
	}
	if place.Role != DestinationRole || place.Unreachable != "" || len(c.Steps) != 1 {
		return errors.New("unknown destination, or not exactly one step")
	}
	if err := checkFiles(c.Files, c.Bytes); err != nil {
		return err
	}
	s := c.Steps[0]
	to, ok := cleanupTarget(place, c)
	if !ok || s.From != c.Path || s.To != to || s.Op != cleanupOps[c.Kind] || len(s.Retains) > 0 || isDigest(s.Expect) != (s.Op == OpAbandon) {
		return fmt.Errorf("step %q does not match its change or cleanup", s.ID)
	}
	return k.checkStep(c.Place+":"+c.Path+"#", s)
}

// isDigest reports whether a text is a SHA-256 in hex.
func isDigest(text string) bool {
	sum, err := hex.DecodeString(text)
	return err == nil && len(sum) == 32
}

var cleanupOps = map[string]Op{StagingCleanup: OpPurge, InPlaceCleanup: OpAbandon, TrashCleanup: OpPurge, ReturnCleanup: OpReturn}

// cleanupTarget proves that the path is of the kind and returns the target of its
// step.
func cleanupTarget(place Place, c Cleanup) (to string, ok bool) {
	name := path.Base(c.Path)
	if c.Kind == StagingCleanup || c.Kind == InPlaceCleanup {
		key, err := state.ParseDecorated(name)
		if c.Kind == InPlaceCleanup {
			to = place.Layout.Path(key)
		}
		return to, err == nil && key.VM == c.VM && c.Path == place.WorkDir.Staged(key)
	}
	key, _, replaced, err := state.ParseTrash(name)
	if err != nil || key.VM != c.VM || c.Path != path.Join(place.WorkDir.Trash(), name) {
		return "", false
	}
	if c.Kind == ReturnCleanup {
		return place.Layout.Path(key), replaced
	}
	return "", c.Kind == TrashCleanup
}
