package state

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// ReadKnown reads the record of what was complete at a destination; nil if there
// is none. pending: it has not got its name yet. One that is torn is an error that wraps
// known.ErrTorn, and no loss but that of a comparison.
func ReadKnown(ctx context.Context, store providers.Store, work WorkDir) (record *known.Record, pending bool, err error) {
	record, err = readRecord(ctx, store, work.Known())
	if !errors.Is(err, fs.ErrNotExist) {
		return record, false, err
	}
	record, err = readRecord(ctx, store, work.NextKnown())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return record, err == nil, err
}

func readRecord(ctx context.Context, store providers.Store, p string) (*known.Record, error) {
	data, err := readFile(ctx, store, p, known.MaxSize)
	if err != nil {
		return nil, err
	}
	return known.Decode(data)
}

// ServerOf is what identifies the server of a store that was asked something, zero
// where nothing does; pinned: the configuration names its certificate.
func ServerOf(store providers.Store) (server known.Server, pinned bool) {
	s, ok := providers.As[providers.Identifier](store)
	if !ok {
		return known.Server{}, false
	}
	id, ok := s.Identity()
	if !ok {
		return known.Server{}, false
	}
	return known.Server{Certificate: id.Certificate, Key: id.Key, From: id.From, Until: id.Until}, id.Pinned
}

// readKnown reads only where the root has an owner: only then there may be a record.
func (inv *Inventory) readKnown(ctx context.Context, store providers.Store, work WorkDir) error {
	if inv.Owner == "" {
		return nil
	}
	record, pending, err := ReadKnown(ctx, store, work)
	switch {
	case gone(err):
		return err
	case err != nil:
		inv.KnownProblem = reason(err)
	}
	inv.Known, inv.KnownPending = record, pending
	return ctx.Err()
}

// readGoing reads the list of sets that an apply was about to delete.
func (inv *Inventory) readGoing(ctx context.Context, store providers.Store, work WorkDir, name string) error {
	if name != goingName {
		return nil
	}
	keys, err := ReadGoing(ctx, store, work)
	if gone(err) {
		return err
	}
	inv.Going = keys // of a list that cannot be read, none
	return nil
}

// ReadGoing reads which sets an apply was about to delete; none where there is no list.
func ReadGoing(ctx context.Context, store providers.Store, work WorkDir) ([]known.Key, error) {
	data, err := readFile(ctx, store, work.Going(), MaxClaim)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return known.DecodeKeys(data), err
}

// AsRecorded is the key as records write it.
func (k Key) AsRecorded() known.Key { return known.Key{VM: k.VM, Time: string(k.Stamp)} }

// KeyOf undoes AsRecorded.
func KeyOf(k known.Key) Key { return Key{VM: k.VM, Stamp: Stamp(k.Time)} }

// Vanished are the sets of a record that are absent and that no apply has deleted, as
// far as the reading shows: not at their final names, not in staging or in trash,
// not about to be deleted when an apply died. Nothing has vanished of a VM that is
// not known.
func (inv Inventory) Vanished(record *known.Record) []known.Set {
	if record == nil || inv.Err != nil {
		return nil
	}
	work := map[Key]bool{}
	for _, s := range inv.Staged {
		work[s.Key] = true
	}
	for _, t := range inv.Trash {
		work[t.Key] = true
	}
	var vanished []known.Set
	for _, s := range record.Sets {
		k := KeyOf(s.Key)
		_, there := inv.Find(k)
		_, going := slices.BinarySearchFunc(inv.Going, s.Key, known.Key.Compare)
		if !there && !inv.Unsure(k.VM) && !going && !work[k] {
			vanished = append(vanished, s)
		}
	}
	return vanished
}

// Unsure reports whether a set of the VM may be there that the reading lacks.
func (inv Inventory) Unsure(vm string) bool {
	for _, name := range []string{vm, AnyVM} {
		_, unknown := inv.UnknownVMs[name]
		if _, part := inv.NotWhole[name]; unknown || part {
			return true
		}
	}
	return false
}

// maxAsked is how many sets that a listing lacks are asked for by name.
const maxAsked = 6

// AskByName asks a destination for the newest sets that its record has and its
// listing lacks, at most a few, of different VMs first. If one is there, the
// listings of this reading are incomplete: what they lack is not known.
func (inv *Inventory) AskByName(ctx context.Context, store providers.Store, layout Layout) {
	vanished := inv.Vanished(inv.Known)
	lied := false
	for _, s := range askFirst(vanished) {
		f, err := store.Stat(ctx, layout.Path(KeyOf(s.Key)))
		lied = lied || err == nil && f.Kind == providers.Dir || err != nil && !errors.Is(err, fs.ErrNotExist)
	}
	if !lied {
		return
	}
	for _, s := range vanished {
		inv.UnknownVMs[s.VM] = "its listing lacks " + s.Time + ", which the server has, or may have, when it is asked for it by name"
	}
}

// askFirst picks the newest set of each VM, then others.
func askFirst(vanished []known.Set) []known.Set {
	var first, rest []known.Set
	for i, s := range vanished { // oldest first within a VM
		if i+1 < len(vanished) && vanished[i+1].VM == s.VM {
			rest = append(rest, s)
		} else {
			first = append(first, s)
		}
	}
	all := slices.Concat(first, rest)
	return all[:min(len(all), maxAsked)]
}
