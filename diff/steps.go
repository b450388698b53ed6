package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"path"

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

func (c *group) createSteps(change Change, s *candidate) []Step {
	b := &steps{address: change.Address}
	switch s.mode {
	case Adopt:
		c.mark(b, s)
	case Publish:
		c.publish(b, change, s.key)
	default:
		c.upload(b, change, s)
	}
	return b.list
}

// upload stages all files and the manifest, moves aside what a replacement
// replaces, and publishes; or does all that in place.
func (c *group) upload(b *steps, change Change, s *candidate) {
	k := s.key
	if c.inPlace() {
		c.uploadInPlace(b, change, k)
		return
	}
	staged := c.work.StagedSet(k)
	ready := c.puts(b, change, k, staged)
	b.list[0].Expect = s.wholeBy()
	last := b.add(Step{Op: OpManifest, From: c.work.StagedManifest(k), To: path.Join(staged, state.ManifestName), Needs: ready})
	if change.Mode == Replace {
		last = b.add(Step{Op: OpAside, From: change.Path, To: c.work.Replaced(k, RunPlaceholder), Needs: []string{last}})
	}
	c.publish(b, change, k, last)
}

// wholeBy is the digest of the run that made the set whole in staging, beside what it is to
// replace; "" where it is not.
func (s *candidate) wholeBy() string {
	if s.mode != Replace || !s.wholeInStaging() || s.staged.Set.Manifest == nil {
		return ""
	}
	return RunDigest(s.staged.Set.Manifest.Run)
}

// RunDigest stands for the id of a run, which may be any text that a destination
// holds.
func RunDigest(run string) string {
	sum := sha256.Sum256([]byte(run))
	return hex.EncodeToString(sum[:])
}

// uploadInPlace sends all files to the final name, and the manifest last.
func (c *group) uploadInPlace(b *steps, change Change, k state.Key) {
	ready := c.puts(b, change, k, change.Path)
	sealed := b.add(Step{Op: OpSeal, From: c.work.StagedManifest(k), To: path.Join(change.Path, state.ManifestName), Needs: ready})
	b.add(Step{Op: OpRelease, From: c.work.Staged(k), Needs: []string{sealed}})
}

// puts claims the set and sends its files to a folder; it returns their IDs.
func (c *group) puts(b *steps, change Change, k state.Key, folder string) []string {
	claim := b.add(Step{Op: OpClaim, To: c.work.Claim(k)})
	ready := []string{claim}
	for _, f := range change.Files {
		ready = append(ready, b.addAs("put:"+f.Path, Step{
			Op: OpPut, From: path.Join(change.From, f.Path), To: path.Join(folder, f.Path), Size: f.Size, Needs: []string{claim},
		}))
	}
	return ready
}

func (c *group) publish(b *steps, change Change, k state.Key, needs ...string) {
	id := b.add(Step{Op: OpPublish, From: c.work.StagedSet(k), To: change.Path, Needs: needs})
	b.add(Step{Op: OpRelease, From: c.work.Staged(k), Needs: []string{id}})
}

// mark leaves the folder that the manifest was written in to the cleanup,
// where something else lies in it.
func (c *group) mark(b *steps, s *candidate) {
	id := b.add(Step{Op: OpMark, From: c.work.StagedManifest(s.key), To: path.Join(c.dest.Layout.Path(s.key), state.ManifestName)})
	if s.staged == nil {
		b.add(Step{Op: OpRelease, From: c.work.Staged(s.key), Needs: []string{id}})
	}
}

// makesCount reports whether the step makes a set count at its final name.
func (s Step) makesCount() bool { return s.Op == OpPublish || s.Op == OpSeal || s.Op == OpMark }
