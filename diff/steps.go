package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"path"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/observe"

	"github.com/vmxsync/vmxsync/state"
)

// steps collects the steps of one change.
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

func createSteps(g *decide.Group, change Change, s observe.Candidate) []Step {
	b := &steps{address: change.Address}
	switch change.Mode {
	case Adopt:
		mark(g, b, s)
	case Publish:
		publish(g, b, change, s.Key)
	default:
		upload(g, b, change, s)
	}
	return b.list
}

// upload stages all files and the manifest, moves aside what a replacement
// replaces, and publishes; or does all that in place.
func upload(g *decide.Group, b *steps, change Change, s observe.Candidate) {
	k := s.Key
	if g.InPlace() {
		uploadInPlace(g, b, change, k)
		return
	}
	staged := g.Work().StagedSet(k)
	ready := puts(g, b, change, k, staged)
	b.list[0].Expect = wholeBy(s)
	last := b.add(Step{Op: OpManifest, From: g.Work().StagedManifest(k), To: path.Join(staged, state.ManifestName), Needs: ready})
	if change.Mode == Replace {
		last = b.add(Step{Op: OpAside, From: change.Path, To: g.Work().Replaced(k, RunPlaceholder), Needs: []string{last}})
	}
	publish(g, b, change, k, last)
}

// wholeBy is the digest of the run that made the set whole in staging, beside what it is to
// replace; "" where it is not.
func wholeBy(s observe.Candidate) string {
	if s.Way != observe.ByReplace || !s.WholeInStaging() || s.Staged.Set.Manifest == nil {
		return ""
	}
	return RunDigest(s.Staged.Set.Manifest.Run)
}

// RunDigest stands for the id of a run, which may be any text that a destination
// holds.
func RunDigest(run string) string {
	sum := sha256.Sum256([]byte(run))
	return hex.EncodeToString(sum[:])
}

// uploadInPlace sends all files to the final name, and the manifest last.
func uploadInPlace(g *decide.Group, b *steps, change Change, k state.Key) {
	ready := puts(g, b, change, k, change.Path)
	sealed := b.add(Step{Op: OpSeal, From: g.Work().StagedManifest(k), To: path.Join(change.Path, state.ManifestName), Needs: ready})
	b.add(Step{Op: OpRelease, From: g.Work().Staged(k), Needs: []string{sealed}})
}

// puts claims the set and sends its files to a folder; it returns their IDs.
func puts(g *decide.Group, b *steps, change Change, k state.Key, folder string) []string {
	claim := b.add(Step{Op: OpClaim, To: g.Work().Claim(k)})
	ready := []string{claim}
	for _, f := range change.Files {
		ready = append(ready, b.addAs("put:"+f.Path, Step{
			Op: OpPut, From: path.Join(change.From, f.Path), To: path.Join(folder, f.Path), Size: f.Size, Needs: []string{claim},
		}))
	}
	return ready
}

func publish(g *decide.Group, b *steps, change Change, k state.Key, needs ...string) {
	id := b.add(Step{Op: OpPublish, From: g.Work().StagedSet(k), To: change.Path, Needs: needs})
	b.add(Step{Op: OpRelease, From: g.Work().Staged(k), Needs: []string{id}})
}

// mark leaves the folder that the manifest was written in to the cleanup,
// where something else lies in it.
func mark(g *decide.Group, b *steps, s observe.Candidate) {
	id := b.add(Step{Op: OpMark, From: g.Work().StagedManifest(s.Key), To: path.Join(g.Destination.Layout.Path(s.Key), state.ManifestName)})
	if s.Staged == nil {
		b.add(Step{Op: OpRelease, From: g.Work().Staged(s.Key), Needs: []string{id}})
	}
}

// makesCount reports whether the step makes a set count at its final name.
func (s Step) makesCount() bool { return s.Op == OpPublish || s.Op == OpSeal || s.Op == OpMark }
