package observe

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// One local set that is unlike its copy is somebody's edit, and a warning. Many of
// them are what ransomware leaves behind: the copies are then the last good ones, so
// that this is an error, and nothing of these VMs is deleted until a person has
// looked.

// manyRewritten is how many rewritten sets of a VM, or VMs of a source with one, are many.
const manyRewritten = 2

// RewrittenLocally reports whether the local set is no longer what was sent, as far
// as one knows: a copy that is not as it was recorded has changed itself.
func RewrittenLocally(g *Group, c Candidate) bool {
	if c.State != state.Differs || c.Local == nil || c.Remote.State != state.Complete {
		return false
	}
	was, recorded := g.There().Known.Find(c.Key.AsRecorded())
	return !recorded || was.SHA256 == c.Digest
}

// rewrites are the VMs of one source that a destination has sets of as well, and those of
// them with a rewritten set.
type rewrites struct{ copied, rewritten int }

// findOverwritten marks the groups of which many local sets were rewritten: two of
// the VM, or of two VMs and at least half of those that the source and the
// destination have sets of in common.
func findOverwritten(groups []Group) {
	all := map[string]rewrites{}
	own := make([]int, len(groups))
	for i := range groups {
		g := &groups[i]
		n, copied := all[g.Source.Name], 0
		for _, c := range g.Candidates {
			if c.copied() {
				copied = 1
			}
			if RewrittenLocally(g, c) {
				own[i]++
			}
		}
		n.copied += copied
		n.rewritten += min(own[i], 1)
		all[g.Source.Name] = n
	}
	for i := range groups {
		source := all[groups[i].Source.Name]
		if own[i] >= manyRewritten || own[i] > 0 && source.rewritten >= manyRewritten && 2*source.rewritten >= source.copied {
			groups[i].Overwritten = true
			groups[i].Held = errors.New("nothing is deleted while local sets of this VM are rewritten since their upload")
		}
	}
}

// forgives reports whether the copy of a rewritten local set counts, because a person
// accepts that.
func forgives(g *Group, c Candidate) (known.Acceptance, bool) {
	if c.Way != "" || !RewrittenLocally(g, c) {
		return known.Acceptance{}, false
	}
	a := known.Acceptance{Key: c.Key.AsRecorded(), SHA256: rewriteSum(c)}
	return a, g.There().Known.Accepts(a.Key, a.SHA256) || g.World.Flags.Accepts(g.Address(c.Key))
}

// rewriteSum is the SHA-256, in hex, over a copy and the local set that is unlike it:
// one that is rewritten once more is another one.
func rewriteSum(c Candidate) string {
	var b strings.Builder
	b.WriteString(c.Digest)
	for _, f := range c.Local.Files {
		fmt.Fprintf(&b, "%q %d %d\n", f.Path, f.Size, f.ModTime.UnixNano())
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// Holds reports whether the set has, or gets, the content that was accepted.
func (c Candidate) Holds(a known.Acceptance) bool {
	return c.Key.AsRecorded() == a.Key && (state.Digest(c.Content()) == a.SHA256 || c.Finding == Forgiven && rewriteSum(c) == a.SHA256)
}
