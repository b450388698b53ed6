package diff

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// steps collects the steps of one change, cleanup or place.
type steps struct {
	address string
	list    []Step
}

// add appends a step named after its op and returns its ID.
func (b *steps) add(s Step) string { return b.addAs(string(s.Op), s) }

func (b *steps) addAs(name string, s Step) string {
	s.ID = b.address + "#" + name
	b.list = append(b.list, s)
	return s.ID
}

// changeSteps collects the steps of a change, beside what its address stands for.
type changeSteps struct {
	steps
	Change
	run      string
	place    Place
	source   Place
	work     state.WorkDir
	key      state.Key
	final    string      // the name of the set at its place
	saw      state.State // of the set there; "" where the plan saw none
	sequence *sequence   // of its group; nil if the plan has not seen the group
}

// change derives the steps of a change from its mode and its place.
func (x *expansion) change(c Change) ([]Step, error) {
	name, key, err := state.SplitAddress(c.Address)
	if err != nil {
		return nil, err
	}
	place := x.places[name]
	b := &changeSteps{
		steps: steps{address: c.Address}, Change: c, run: x.run, place: place, source: x.places[c.Source], work: place.WorkDir,
		key: key, final: place.Layout.Path(key), saw: x.saw[c.Address], sequence: x.groups[state.Scope(name, key.VM)],
	}
	if err := b.fits(); err != nil {
		return nil, err
	}
	switch {
	case c.Uploads():
		b.upload()
	case c.Mode == Publish:
		b.publish()
	case c.Mode == Adopt:
		b.adopt()
	case c.Mode == AddSums:
		b.add(Step{Op: OpSums, From: path.Join(b.final, state.NextManifestName), To: path.Join(b.final, state.ManifestName)})
	case c.Mode == Remove:
		b.remove()
	case c.Mode == Prune:
		b.prune()
	}
	if c.Mode == Adopt {
		x.marks[name+"/"+b.work.Staged(key)] = b.list[0].ID
	}
	return b.list, nil
}

// fits proves that the change is one that its place can have, and of the set of its
// address.
func (b *changeSteps) fits() error {
	role, folder := DestinationRole, b.final
	switch b.Mode {
	case Upload, Publish, Resume, Adopt, Replace, AddSums:
	case Remove:
		if b.saw == "" {
			folder = b.work.Staged(b.key)
		}
	case Prune:
		role = SourceRole
	default:
		return fmt.Errorf("unknown mode %q", b.Mode)
	}
	switch {
	case b.place.Role != role || providers.CheckName(b.key.VM) != nil:
		return fmt.Errorf("unknown %s, or invalid VM name", role)
	case b.sequence == nil && role == DestinationRole:
		return errors.New("the plan did not see its group")
	case b.inPlace() && (b.Mode == Publish || b.Mode == Replace):
		return fmt.Errorf("mode %q is not possible where sets are published in place", b.Mode)
	case b.Path != folder:
		return fmt.Errorf("path %q is not that of the address", b.Path)
	case b.Uploads() && (!b.mayRead() || b.From != b.source.Layout.Path(b.key)):
		return fmt.Errorf("%q of source %q is not the set", b.From, b.Source)
	case b.Uploads() && slices.ContainsFunc(b.Files, func(f state.File) bool { return state.IsOurs(f.Path) }):
		return errors.New("it sends a file under the name of the manifest or of the block sums")
	}
	return nil
}

// mayRead reports whether the files can come from there: from a source, or from another
// destination with a checksum for each.
func (b *changeSteps) mayRead() bool {
	if b.Fetches() {
		return b.source.Role == DestinationRole && b.Source != b.place.Name
	}
	return b.source.Role == SourceRole
}

// inPlace reports whether the place publishes in place.
func (b *changeSteps) inPlace() bool { return b.place.Publish == config.InPlace }

// upload stages all files and the manifest, moves aside what a replacement replaces,
// and publishes. In place it sends all files to the final name, and the manifest last.
func (b *changeSteps) upload() {
	folder := b.work.StagedSet(b.key)
	if b.inPlace() {
		folder = b.final
	}
	claim := b.add(Step{Op: OpClaim, To: b.work.Claim(b.key), Expect: b.StagedRun})
	needs := []string{claim}
	for _, f := range b.Files { // no path.Join: it would hide a path that climbs
		needs = append(needs, b.addAs("put:"+f.Path, Step{
			Op: OpPut, From: b.From + "/" + f.Path, To: folder + "/" + f.Path, Size: f.Size, Needs: []string{claim},
		}))
	}
	sealed := Step{Op: OpManifest, From: b.work.StagedManifest(b.key), To: path.Join(folder, state.ManifestName), Needs: needs}
	if b.inPlace() {
		sealed.Op = OpSeal
		b.counts(b.add(sealed))
		return
	}
	last := b.add(sealed)
	if b.Mode == Replace {
		last = b.add(Step{Op: OpAside, From: b.final, To: b.work.Replaced(b.key, b.run), Needs: []string{last}})
	}
	b.publish(last)
}

func (b *changeSteps) publish(needs ...string) {
	b.counts(b.add(Step{Op: OpPublish, From: b.work.StagedSet(b.key), To: b.final, Needs: needs}))
}

// adopt leaves the folder that the manifest is written in where it holds something
// else of the set.
func (b *changeSteps) adopt() {
	b.counts(b.add(Step{Op: OpMark, From: b.work.StagedManifest(b.key), To: path.Join(b.final, state.ManifestName)}))
}

// counts ends a change after the step that makes its set count.
func (b *changeSteps) counts(id string) {
	b.sequence.create(b.Change, id)
	if !b.Leftover {
		b.add(Step{Op: OpRelease, From: b.work.Staged(b.key), Needs: []string{id}})
	}
}

// remove deletes a set: in staging, under a claim that marks it first, or by way of trash.
func (b *changeSteps) remove() {
	if b.saw == "" {
		b.add(Step{Op: OpPurge, From: b.work.Staged(b.key)})
		return
	}
	first := b.sequence.remove(b.key, Step{From: b.final, Retains: b.Retains})
	if b.inPlace() || b.saw == state.Incomplete { // its delete was begun in place
		first.Op, first.To = OpMarkDelete, b.work.Claim(b.key)
		id := b.add(first)
		b.sequence.deletes = []string{id}
		id = b.add(Step{Op: OpPurge, From: b.final, Needs: []string{id}})
		b.add(Step{Op: OpRelease, From: b.work.Staged(b.key), Needs: []string{id}})
		return
	}
	first.Op, first.To = OpTrash, b.work.Deleted(b.key, b.run)
	id := b.add(first)
	b.sequence.deletes = []string{id}
	if !b.InTrash {
		b.add(Step{Op: OpPurge, From: first.To, Needs: []string{id}})
	}
}

// prune deletes a set at its source.
func (b *changeSteps) prune() {
	gone := state.Gone(b.final, b.run)
	id := b.add(Step{Op: OpPrune, From: b.final, To: gone, Retains: b.Retains})
	b.add(Step{Op: OpClear, From: gone, To: b.final, Needs: []string{id}})
}
