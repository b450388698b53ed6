package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// One local set that is unlike its copy is somebody's edit, and a warning. Many of
// them are what ransomware leaves behind: the copies are then the last good ones, so
// that this is an error, and nothing of these VMs is deleted until a person has
// looked.

// manyRewritten is how many rewritten sets of a VM, or VMs of a source with one, are many.
const manyRewritten = 2

// rewrittenLocally reports whether the local set is no longer what was sent, as far
// as one knows: a copy that is not as it was recorded has changed itself.
func (c *group) rewrittenLocally(s *candidate) bool {
	if s.state != state.Differs || s.local == nil || s.remote.State != state.Complete {
		return false
	}
	was, recorded := c.w.Inventories[c.dest.Name].Known.Find(s.key.AsRecorded())
	return !recorded || was.SHA256 == s.remoteDigest()
}

// rewrites are the sets of one source that stand at a destination as well.
type rewrites struct{ copied, rewritten int } // VMs with at least one

// findOverwritten marks the chains of which many local sets were rewritten: two of
// the VM, or of two VMs and at least half of those that the source and the
// destination have sets of in common.
func (w *planner) findOverwritten(chains []*group) {
	all := map[string]rewrites{}
	for _, c := range chains {
		n := all[c.source.Name]
		if c.count((*candidate).copied) > 0 {
			n.copied++
		}
		if c.count(c.rewrittenLocally) > 0 {
			n.rewritten++
		}
		all[c.source.Name] = n
	}
	for _, c := range chains {
		source, own := all[c.source.Name], c.count(c.rewrittenLocally)
		if own >= manyRewritten || own > 0 && source.rewritten >= manyRewritten && 2*source.rewritten >= source.copied {
			c.overwritten = true
			c.held = "nothing is deleted while local sets of this VM are rewritten since their upload"
		}
	}
}

// copied reports whether the set is ready at the source, and stands at the destination.
func (s *candidate) copied() bool { return s.local != nil && s.remote != nil && s.remote.Marked }

// forgive lets the copy of a rewritten local set count, where a person accepts that.
func (c *group) forgive(s *candidate) {
	if !c.rewrittenLocally(s) || s.mode != "" {
		return
	}
	a := known.Acceptance{Key: s.key.AsRecorded(), SHA256: s.rewriteSum()}
	before := c.w.Inventories[c.dest.Name].Known.Accepts(a.Key, a.SHA256)
	if !before && !c.w.Options.Accepts(c.address(s.key)) {
		return
	}
	s.state, s.forgiven = state.Complete, true
	if before {
		return
	}
	c.to.accepted = append(c.to.accepted, a)
	c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Accepted, VM: c.vm, Item: s.key.String(), Why: "the local set was rewritten, and the copy counts as it was sent"})
}

// rewriteSum is the SHA-256, in hex, over a copy and the local set that is unlike it:
// one that is rewritten once more is another one.
func (s *candidate) rewriteSum() string {
	var b strings.Builder
	b.WriteString(s.remoteDigest())
	for _, f := range s.local.Files {
		fmt.Fprintf(&b, "%q %d %d\n", f.Path, f.Size, f.ModTime.UnixNano())
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// noteRewritten reports a copy of a local set that was rewritten since.
func (c *group) noteRewritten(s *candidate) {
	why := "other names or sizes than what was sent"
	switch is, was := s.local.Bytes(), s.remote.Bytes(); {
	case c.overwritten && is != was:
		why = fmt.Sprintf("%s, where %s were sent", state.FormatBytes(is), state.FormatBytes(was))
	case s.rewritten():
		why = s.remote.Manifest.Rewritten(s.local.Files)[0] + " is newer than the uploaded file"
	}
	kind := &notice.Rewritten
	if c.overwritten {
		kind = &notice.Overwritten
	}
	c.note(kind, *s.remote, why)
}
