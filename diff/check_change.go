package diff

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// shape is the action of a mode, and which steps it is made of.
type shape struct {
	action Action
	ops    []Op
}

// shapes are those where sets are renamed to their final names.
var shapes = map[Mode]shape{
	Upload:  {Create, []Op{OpClaim, OpPut, OpManifest, OpPublish, OpRelease}},
	Publish: {Create, []Op{OpPublish, OpRelease}},
	Resume:  {Update, []Op{OpClaim, OpPut, OpManifest, OpPublish, OpRelease}},
	Adopt:   {Update, []Op{OpMark, OpRelease}},
	Replace: {Update, []Op{OpClaim, OpPut, OpManifest, OpAside, OpPublish, OpRelease}},
	Remove:  {Delete, []Op{OpTrash, OpPurge}},
}

// shapesInPlace are those where they are not. A delete that was begun in place
// has that shape everywhere.
var shapesInPlace = map[Mode]shape{
	Upload: {Create, []Op{OpClaim, OpPut, OpSeal, OpRelease}},
	Resume: {Update, []Op{OpClaim, OpPut, OpSeal, OpRelease}},
	Adopt:  {Update, []Op{OpMark, OpRelease}},
	Remove: {Delete, []Op{OpCondemn, OpPurge, OpRelease}},
}

func (k *checker) shapeOf(c Change, place Place, key state.Key) (shape, bool) {
	all := shapes
	if place.Publish == state.InPlace || c.Mode == Remove && k.saw(place.Name, key) == state.Incomplete {
		all = shapesInPlace
	}
	s, ok := all[c.Mode]
	return s, ok && s.action == c.Action
}

func (k *checker) checkChanges() error {
	for _, c := range k.plan.Changes {
		if k.addresses[c.Address] {
			return fmt.Errorf("change %q is a duplicate", c.Address)
		}
		k.addresses[c.Address] = true
		if err := k.checkChange(c); err != nil {
			return fmt.Errorf("change %q: %w", c.Address, err)
		}
	}
	return nil
}

func (k *checker) checkChange(c Change) error {
	name, key, err := state.SplitAddress(c.Address)
	if err != nil {
		return err
	}
	if len(c.Reasons) == 0 {
		return errors.New("it has no reasons")
	}
	if k.plan.Options.Destroy && (c.Mode != Remove || !k.plan.Options.Selects(c.Address)) {
		return errors.New("a plan with -destroy uploads nothing, and deletes only sets that -target selects")
	}
	place := k.places[name]
	if c.Mode == Prune {
		return k.checkPrune(c, place, key)
	}
	if place.Role != DestinationRole || place.Unreachable != "" || providers.CheckName(key.VM) != nil {
		return errors.New("unknown destination, or invalid VM name")
	}
	group, ok := k.groups[state.Scope(name, key.VM)]
	if !ok {
		return errors.New("its group is missing")
	}
	if c.Early && (c.Mode != Remove || group.Order != state.DeleteFirst) {
		return errors.New("it may not come before the uploads of its group")
	}
	shape, ok := k.shapeOf(c, place, key)
	if !ok {
		return fmt.Errorf("invalid mode %q of action %q", c.Mode, c.Action)
	}
	if err := errors.Join(checkFiles(c.Files, c.Bytes), checkFiles(c.Before, -1), k.checkSource(c, key)); err != nil {
		return err
	}
	if err := k.checkNamed(c, k.saw(name, key)); err != nil {
		return err
	}
	x := change{Change: c, key: key, work: place.WorkDir, final: place.Layout.Path(key), ops: shape.ops}
	x.sendTo = x.work.StagedSet(key)
	if place.Publish == state.InPlace {
		x.sendTo = x.final
	}
	return k.checkSteps(x)
}

// checkNamed proves that what a change takes over or away is in a state in which
// it does so without being named, or is named.
func (k *checker) checkNamed(c Change, saw state.State) error {
	o := k.plan.Options
	bad := false
	switch c.Mode {
	case Adopt:
		bad = saw != state.Unmarked
	case Replace:
		known := saw == state.Complete || saw == state.Damaged
		bad = saw != state.Unmarked && !(known && slices.Contains(o.Replace, c.Address))
	case Remove:
		bad = o.Destroy && saw == state.Unmarked || c.destroysBroken() && !o.InFull(c.Address)
	}
	return refuseIf(bad, fmt.Sprintf("its state was %s, and no flag selects it", saw))
}

// destroysBroken reports whether -destroy takes a set that does not count: what a
// plan saw as complete may differ from the local set, or be suspicious.
func (c Change) destroysBroken() bool {
	return slices.ContainsFunc(c.Reasons, func(r Reason) bool { return r.Rule == DestroyRule && r.Code != DestroyRule })
}

// checkSource proves where an upload reads from.
func (k *checker) checkSource(c Change, key state.Key) error {
	if !c.uploads() {
		return refuseIf(c.Source != "" || c.From != "", "reads from a source")
	}
	source := k.places[c.Source]
	if source.Role != SourceRole || c.From != source.Layout.Path(key) {
		return fmt.Errorf("%q of source %q is not the set", c.From, c.Source)
	}
	return nil
}

// change is a change beside what its address stands for.
type change struct {
	Change
	key    state.Key
	work   state.WorkDir
	final  string
	sendTo string // the folder that files are sent to
	ops    []Op   // that belong here
}

func (k *checker) checkSteps(c change) error {
	staged := c.Mode == Remove && c.Path == c.work.Staged(c.key)
	if c.Path != c.final && !staged {
		return fmt.Errorf("path %q is not that of the address", c.Path)
	}
	puts := 0
	for _, s := range c.Steps {
		if err := k.checkStep(c.Address+"#", s); err != nil {
			return err
		}
		if !slices.Contains(c.ops, s.Op) || !c.leads(s) {
			return fmt.Errorf("step %q: a %s from %q to %q does not belong here", s.ID, s.Op, s.From, s.To)
		}
		if s.Op == OpPut {
			puts++
		}
		if err := k.checkTrash(c, s); err != nil {
			return err
		}
	}
	return refuseIf(len(c.Steps) == 0 || c.uploads() && puts != len(c.Files), "a step is missing")
}

// leads reports whether the step moves what its op may move in this change.
func (c change) leads(s Step) bool {
	is := func(from, to string) bool { return s.From == from && s.To == to }
	switch s.Op {
	case OpClaim:
		return is("", c.work.Claim(c.key))
	case OpPut:
		return c.puts(s)
	case OpManifest:
		return is(c.work.StagedManifest(c.key), path.Join(c.work.StagedSet(c.key), state.ManifestName))
	case OpAside:
		return is(c.final, c.work.Replaced(c.key, RunPlaceholder))
	case OpPublish:
		return is(c.work.StagedSet(c.key), c.final)
	case OpRelease:
		return is(c.work.Staged(c.key), "")
	case OpMark:
		return is(c.work.StagedManifest(c.key), path.Join(c.final, state.ManifestName))
	case OpTrash:
		return c.Path == c.final && is(c.final, c.work.Deleted(c.key, RunPlaceholder))
	case OpSeal:
		return is(c.work.StagedManifest(c.key), path.Join(c.final, state.ManifestName))
	case OpCondemn:
		return c.Path == c.final && is(c.final, c.work.Claim(c.key))
	case OpPurge:
		if slices.Contains(c.ops, OpCondemn) && c.Path == c.final {
			return is(c.final, "") && slices.Contains(s.Needs, c.Address+"#"+string(OpCondemn))
		}
		return is(c.work.Deleted(c.key, RunPlaceholder), "") && c.Path == c.final || is(c.work.Staged(c.key), "") && c.Path != c.final
	}
	return false
}

// puts reports whether the step sends one of the files to where it belongs.
func (c change) puts(s Step) bool {
	rel, ok := strings.CutPrefix(s.From, c.From+"/")
	i, found := slices.BinarySearchFunc(c.Files, rel, func(f File, rel string) int { return strings.Compare(f.Path, rel) })
	return ok && found && rel != state.ManifestName && c.Files[i].Size == s.Size && s.To == path.Join(c.sendTo, rel)
}

// checkTrash proves that a delete names the sets that justify it.
func (k *checker) checkTrash(c change, s Step) error {
	if s.Op == OpClaim && c.Mode == Replace && len(s.Retains) == 0 {
		return refuseIf(s.Expect != "" && !isDigest(s.Expect), "step "+s.ID+" does not expect the digest of a run")
	}
	if s.Op != OpTrash && s.Op != OpCondemn {
		return refuseIf(s.Expect != "" || len(s.Retains) > 0, "step "+s.ID+" retains sets, but is not a delete")
	}
	if !isDigest(s.Expect) {
		return fmt.Errorf("step %q does not expect a digest", s.ID)
	}
	name, _, _ := state.SplitAddress(c.Address)
	scope := state.Scope(name, c.key.VM)
	for _, a := range s.Retains {
		place, key, err := state.SplitAddress(a)
		if err != nil || state.Scope(place, key.VM) != scope || a == c.Address {
			return fmt.Errorf("step %q retains %q, which is not in its group", s.ID, a)
		}
		if c.Early && !k.counted(name, key) {
			return fmt.Errorf("step %q comes before the uploads, and retains %q, which does not count by then", s.ID, a)
		}
	}
	retained := len(slices.Compact(slices.Sorted(slices.Values(s.Retains))))
	if min := k.groups[scope].MinKeep; retained < min {
		return fmt.Errorf("step %q retains %d sets, min_keep is %d", s.ID, retained, min)
	}
	return refuseIf(!k.mayDelete(name, c.key, s.Op) && !k.destroysDamaged(c), "step "+s.ID+" deletes a set that does not count")
}

// mayDelete reports whether the plan saw the set as one that retention may delete, or
// whose delete was begun.
func (k *checker) mayDelete(place string, key state.Key, op Op) bool {
	return k.counted(place, key) || op == OpCondemn && k.saw(place, key) == state.Incomplete
}

// destroysDamaged reports whether -destroy selects a damaged set by its full address.
func (k *checker) destroysDamaged(c change) bool {
	name, key, err := state.SplitAddress(c.Address)
	return err == nil && k.saw(name, key) == state.Damaged && k.plan.Options.InFull(c.Address)
}

// counted reports whether the plan saw the set as one that counts.
func (k *checker) counted(place string, key state.Key) bool {
	saw := k.saw(place, key)
	return saw == state.Complete || saw == state.Unmarked && k.places[place].Trust
}

// saw is the state in which the plan saw a set; "" where it saw none.
func (k *checker) saw(place string, key state.Key) state.State {
	return k.seen[state.Address(place, key)]
}
