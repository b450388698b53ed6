package planfile

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// check proves what an executor relies on: a plan may come from anywhere.
func check(p *diff.Plan) error {
	k := &checker{plan: p, places: map[string]diff.Place{}, addresses: map[string]bool{}, groups: map[string]diff.Group{}, seen: p.Seen(), retained: map[listID]retained{}}
	if err := checkOptions(p); err != nil { // the patterns are matched below
		return err
	}
	for _, step := range []func() error{
		k.checkPlaces, k.checkSteps, k.checkGroups, k.checkChanges, k.checkCleanups, k.checkKept, k.checkVerify, k.checkGuard,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if p.Summary != p.Summarize() {
		return errors.New("summary does not add up")
	}
	return cmp.Or(checkNotices(p), checkHooks(p), checkNotifies(p), checkMetrics(p), checkLog(p.Log), checkTotals(p))
}

// checkTotals refuses sums that JSON cannot hold exactly, without adding up to
// where an int64 ends.
func checkTotals(p *diff.Plan) error {
	var upload, free int64
	for _, c := range p.Changes {
		if c.Uploads() {
			upload = min(upload+c.Bytes, diff.MaxSize)
		}
		if c.Action == diff.Delete {
			free = min(free+c.Frees(), diff.MaxSize)
		}
	}
	if upload < diff.MaxSize && free < diff.MaxSize {
		return nil
	}
	return fmt.Errorf("its sets have %s or more together, which is more than a plan can hold", state.FormatBytes(diff.MaxSize))
}

// Check refuses a plan that Open would refuse: nobody should be given one.
func Check(p *diff.Plan) error {
	if err := check(p); err != nil {
		return providers.WithHint(fmt.Errorf("%w: %w", ErrInvalid, err), "Plan fewer sets at a time: -target=DESTINATION/VM.")
	}
	return nil
}

// checker remembers what it has seen of the plan.
type checker struct {
	plan      *diff.Plan
	places    map[string]diff.Place
	addresses map[string]bool // of the changes so far
	groups    map[string]diff.Group
	seen      map[string]state.State // of the observed sets, by address
	retained  map[listID]retained
}

// checkOptions proves the patterns, which each change is matched with.
func checkOptions(p *diff.Plan) error {
	o := p.Options
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

func (k *checker) checkPlace(x diff.Place) error {
	if x.Layout.Depth() == 0 {
		return errors.New("has no layout")
	}
	if x.Role == diff.SourceRole {
		return refuseIf(x.Own || len(x.Disown)+len(x.Observed) > 0 || x.Known != nil, "a source is not changed like a destination")
	}
	if x.Role != diff.DestinationRole {
		return fmt.Errorf("unknown role %q", x.Role)
	}
	if err := providers.CheckName(string(x.WorkDir)); err != nil {
		return fmt.Errorf("work_dir: %w", err)
	}
	if x.Publish != config.ByRename && (x.Publish != config.InPlace || x.Trust) {
		return fmt.Errorf("publish %q is unknown, or comes with trust_unmarked", x.Publish)
	}
	if x.Quota < 0 || x.Quota >= diff.MaxSize || x.Held < 0 || x.Held >= diff.MaxSize {
		return errors.New("has an invalid quota, or an invalid size of what it holds")
	}
	if x.Known != nil {
		if err := x.Known.Check(); err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	return nil
}

// checkSteps proves that places, changes and cleanups belong together, and lead nowhere else:
// what the checks after it rely on.
func (k *checker) checkSteps() error {
	return diff.CheckSteps(k.plan)
}

func refuseIf(bad bool, text string) error {
	if bad {
		return errors.New(text)
	}
	return nil
}

func (k *checker) checkGroups() error {
	for _, g := range k.plan.Groups {
		if k.places[g.Destination].Role != diff.DestinationRole || providers.CheckName(g.VM) != nil || g.MinKeep < k.leastKept() {
			return fmt.Errorf("group %q of %q: unknown destination, invalid VM name, or min_keep below 1", g.VM, g.Destination)
		}
		if g.Order != config.UploadFirst && g.Order != config.DeleteFirst {
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
		if err != nil || k.places[place].Role != diff.DestinationRole {
			return fmt.Errorf("kept %q is not an address at a destination", x.Address)
		}
	}
	return nil
}

// checkNotices: an apply fails or warns by the class of a notice.
func checkNotices(p *diff.Plan) error {
	for _, n := range p.Notices {
		switch n.Class {
		case diff.ErrorClass, diff.WarningClass, diff.NoteClass:
		default:
			return fmt.Errorf("notice %q: unknown class %q", n.Code, n.Class)
		}
	}
	return nil
}

// checkFiles proves paths, order, sizes and, where it is not negative, a sum.
func checkFiles(files []state.File, sum int64) error {
	var total int64
	for i, f := range files {
		if err := providers.CheckPath(f.Path); err != nil || f.Path == "." {
			return fmt.Errorf("file %q: %w", f.Path, errors.Join(err, providers.ErrName))
		}
		if i > 0 && files[i-1].Path >= f.Path {
			return fmt.Errorf("file %q is not in order", f.Path)
		}
		if f.ID != "" {
			return fmt.Errorf("file %q has an identity, which no plan has", f.Path)
		}
		if f.Size < 0 || f.Size >= diff.MaxSize || total+f.Size >= diff.MaxSize {
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

func (k *checker) checkCleanup(c diff.Cleanup) error {
	if place := k.places[c.Place]; place.Unreachable != "" || place.Role == diff.SourceRole && k.plan.Options.Destroy {
		return errors.New("a place that could not be read, or a source in a plan with -destroy")
	}
	if c.Kind == diff.InPlaceCleanup && !isDigest(c.Claim) || c.Kind != diff.InPlaceCleanup && c.Claim != "" {
		return errors.New("it does not expect the digest of a claim")
	}
	return checkFiles(c.Files, c.Bytes)
}

// isDigest reports whether a text is a SHA-256 in hex.
func isDigest(text string) bool {
	sum, err := hex.DecodeString(text)
	return err == nil && len(sum) == 32
}
