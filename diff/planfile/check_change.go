package planfile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// actions are those of the modes.
var actions = map[diff.Mode]diff.Action{
	diff.Upload: diff.Create, diff.Publish: diff.Create,
	diff.Resume: diff.Update, diff.Adopt: diff.Update, diff.Replace: diff.Update, diff.AddSums: diff.Update,
	diff.Remove: diff.Delete, diff.Prune: diff.Delete,
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

func (k *checker) checkChange(c diff.Change) error {
	name, key, _ := state.SplitAddress(c.Address)
	group, grouped := k.groups[state.Scope(name, key.VM)]
	switch {
	case len(c.Reasons) == 0:
		return errors.New("it has no reasons")
	case k.plan.Options.Destroy && (c.Mode != diff.Remove || !k.plan.Options.Selects(c.Address)):
		return errors.New("a plan with -destroy uploads nothing, and deletes only sets that -target selects")
	case k.places[name].Unreachable != "":
		return errors.New("its place could not be read")
	case actions[c.Mode] != c.Action:
		return fmt.Errorf("invalid mode %q of action %q", c.Mode, c.Action)
	case c.Early && (c.Mode != diff.Remove || group.Order != config.DeleteFirst):
		return errors.New("it may not come before the uploads of its group")
	case !grouped && c.Mode != diff.Prune:
		return errors.New("its group is missing")
	}
	if err := errors.Join(checkFiles(c.Files, c.Bytes), checkFiles(c.Before, -1), k.checkFacts(c, k.places[name])); err != nil {
		return err
	}
	if c.Mode == diff.Prune {
		return k.checkJustification(c, key)
	}
	return errors.Join(k.checkNamed(c, k.saw(name, key)), k.checkRetained(c, name, key))
}

// checkFacts refuses what a change of another mode may state.
func (k *checker) checkFacts(c diff.Change, place diff.Place) error {
	switch {
	case !c.Uploads() && (c.Source != "" || c.From != ""):
		return errors.New("reads from a source")
	case c.StagedRun != "" && (c.Mode != diff.Replace || !isDigest(c.StagedRun)):
		return errors.New("it does not expect the digest of a run")
	case (c.Mode == diff.AddSums || c.Fetches()) && !hasSums(c):
		return errors.New("it has no checksum for each file, or does not identify a manifest")
	case c.Mode != diff.AddSums && !c.Fetches() && (c.Manifest != "" || len(c.Sums) > 0):
		return errors.New("it needs no checksums")
	case c.Fetches() && (k.seen[c.Address] != state.Damaged || !state.SameContent(c.Before, c.Files)):
		return errors.New("replaces what is not damaged by another destination's copy")
	case c.Fetches() && k.places[c.Source].Unreachable != "":
		return errors.New("the destination that it reads could not be read")
	case c.Leftover && c.Mode != diff.Adopt:
		return errors.New("leaves a staged folder")
	case c.InTrash && (c.Mode != diff.Remove || !k.atFinal(c) || place.Publish == config.InPlace || k.seen[c.Address] == state.Incomplete):
		return errors.New("leaves a set in trash that is not moved there")
	case len(c.Retains) > 0 && c.Mode != diff.Prune && (c.Mode != diff.Remove || !k.atFinal(c)):
		return errors.New("retains sets, but deletes none that counts")
	case len(c.Before) > 0 && (c.Mode == diff.Prune || c.Mode == diff.AddSums):
		return errors.New("changes more than its set")
	}
	return nil
}

// hasSums reports whether a change has a checksum for each file.
func hasSums(c diff.Change) bool {
	return isDigest(c.Manifest) && len(c.Files) > 0 && len(c.Sums) == len(c.Files) && !slices.ContainsFunc(c.Sums, func(s string) bool { return !state.IsSum(s) })
}

// atFinal reports whether a delete is of a set at its final name, and not in staging.
func (k *checker) atFinal(c diff.Change) bool { return k.seen[c.Address] != "" }

// checkNamed proves that what a change takes over or away is in a state in which
// it does so without being named, or is named.
func (k *checker) checkNamed(c diff.Change, saw state.State) error {
	o := k.plan.Options
	bad := false
	switch c.Mode {
	case diff.Adopt:
		bad = saw != state.Unmarked
	case diff.AddSums:
		bad = saw != state.Complete
	case diff.Replace:
		known := saw == state.Complete || saw == state.Damaged
		heals := saw == state.Damaged && state.SameContent(c.Before, c.Files)
		bad = saw != state.Unmarked && !heals && !(known && slices.Contains(o.Replace, c.Address))
	case diff.Remove:
		bad = o.Destroy && saw == state.Unmarked || destroysBroken(c) && !o.InFull(c.Address)
	}
	return refuseIf(bad, fmt.Sprintf("its state was %s, and no flag selects it", saw))
}

// destroysBroken reports whether -destroy takes a set that does not count: what a
// plan saw as complete may differ from the local set, or be suspicious.
func destroysBroken(c diff.Change) bool {
	return slices.ContainsFunc(c.Reasons, func(r diff.Reason) bool { return r.Rule == diff.DestroyRule && r.Code != diff.DestroyRule })
}

// checkRetained proves that a delete at a final name names the sets that justify it.
func (k *checker) checkRetained(c diff.Change, name string, key state.Key) error {
	if c.Mode != diff.Remove || !k.atFinal(c) {
		return nil
	}
	scope := state.Scope(name, key.VM)
	r := k.retainedBy(c.Retains)
	switch {
	case r.err != nil:
		return r.err
	case len(c.Retains) > 0 && r.scope != scope:
		return fmt.Errorf("it retains %q, which is not in its group", c.Retains[0])
	case r.names[c.Address]:
		return fmt.Errorf("it retains %q, which is not in its group", c.Address)
	case c.Early && r.uncounted != "":
		return fmt.Errorf("it comes before the uploads, and retains %q, which does not count by then", r.uncounted)
	}
	if min := k.groups[scope].MinKeep; len(r.names) < min {
		return fmt.Errorf("it retains %d sets, min_keep is %d", len(r.names), min)
	}
	return refuseIf(!k.mayDelete(name, key) && !k.destroysDamaged(c), "it deletes a set that does not count")
}

// retained is what is known of the sets that a delete retains. Many deletes share it.
type retained struct {
	scope     string          // of all of them
	names     map[string]bool // addresses
	uncounted string          // one that does not count before the uploads; "" if all do
	err       error           // why they are not the sets of one group
}

// retainedBy looks at a list once, however many deletes share it.
func (k *checker) retainedBy(list []string) retained {
	if r, known := k.retained[idOf(list)]; known {
		return r
	}
	r := retained{names: map[string]bool{}}
	for _, a := range list {
		place, kept, err := state.SplitAddress(a)
		scope := state.Scope(place, kept.VM)
		if err != nil || r.scope != "" && r.scope != scope {
			r.err = fmt.Errorf("it retains %q, which is not in its group", a)
			break
		}
		r.scope, r.names[a] = scope, true
		if r.uncounted == "" && !k.counted(place, kept) {
			r.uncounted = a
		}
	}
	k.retained[idOf(list)] = r
	return r
}

// mayDelete reports whether the plan saw the set as one that retention may delete, or
// whose delete was begun.
func (k *checker) mayDelete(place string, key state.Key) bool {
	return k.counted(place, key) || k.saw(place, key) == state.Incomplete
}

// destroysDamaged reports whether -destroy selects a damaged set by its full address.
func (k *checker) destroysDamaged(c diff.Change) bool {
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
