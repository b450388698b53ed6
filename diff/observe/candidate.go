package observe

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Candidate is one address of a group: what is there of the set, and its condition.
type Candidate struct {
	Key    state.Key
	Remote *state.Set    // at its final name at the destination; nil: absent
	Local  *state.Set    // ready at the source, or what From has; nil: no ready set
	From   Copy          // at another destination, which replaces a damaged one; zero: the source does
	Staged *state.Staged // nil: nothing
	Digest string        // state.Digest of the files at the final name; "" where it is absent
	Doubt  bool          // what is at the final name may be a link to the files of another set
	Condition
}

// Condition is what a set is at the destination, and how it could come to count there.
type Condition struct {
	State   state.State // of the set that is, or would be, at the final name
	Way     Way         // in which the set comes to count where it is kept; "": it need not, or cannot
	Finding Finding     // what else was found
	Why     string      // of Unalike
	Suspect string      // in what it falls short of the sets of its VM before it; "" if it does not
}

// Way is how a set that the destination lacks comes to count there.
type Way string

// The ways.
const (
	ByUpload  Way = "upload"  // from the source
	ByPublish Way = "publish" // already whole in staging
	ByResume  Way = "resume"  // an upload was started
	ByAdopt   Way = "adopt"   // unmarked: only a manifest is written
	ByReplace Way = "replace" // by the local set
)

// Sends reports whether the way reads files at the source.
func (w Way) Sends() bool { return w == ByUpload || w == ByResume || w == ByReplace }

// Finding is what is special about a set beside its state.
type Finding string

// The findings.
const (
	Trusted   Finding = "trusted"   // unmarked, and counts
	Half      Finding = "half"      // unmarked, looks like a half upload of the local set, and cannot be moved to trash
	Stripped  Finding = "stripped"  // it was complete, and its manifest is gone
	Unfit     Finding = "unfit"     // the destination cannot hold its names
	Postponed Finding = "postponed" // it is not sent now, as it does not fit into the quota
	Forgiven  Finding = "forgiven"  // the local set was rewritten, and a person lets the copy count
	Unalike   Finding = "unalike"   // suspicious: -adopt does not take it unless its full address is named
)

// Content is the payload at the final name once the set counts.
func (c Candidate) Content() []state.File {
	switch c.Way {
	case ByUpload, ByResume, ByReplace:
		return c.Local.Files
	case ByPublish:
		return c.Staged.Set.Files
	}
	if c.Remote == nil {
		return nil
	}
	return c.Remote.Files
}

// ContentDigest is the state.Digest of the content.
func (c Candidate) ContentDigest() string {
	if c.Remote != nil && (c.Way == "" || c.Way == ByAdopt) {
		return c.Digest
	}
	return state.Digest(c.Content())
}

// Compared are the files at the destination that the source would hold as well: a file
// that is ignored only since the upload does not make the sets differ.
func (c Candidate) Compared(ignore []string) []state.File {
	if len(ignore) == 0 {
		return c.Remote.Files
	}
	return slices.DeleteFunc(slices.Clone(c.Remote.Files), func(f state.File) bool { return config.Ignored(ignore, f.Path) })
}

// BeingDeleted reports whether a delete of the set was begun in place.
func (c Candidate) BeingDeleted() bool { return c.Remote != nil && c.State == state.Incomplete }

// WholeInStaging reports whether the staged set only needs to be published. The
// source as it is now outranks what was staged.
func (c Candidate) WholeInStaging() bool {
	if c.Staged == nil || c.Staged.Set.State != state.Complete {
		return false
	}
	if c.Staged.Claim != nil && c.Staged.Claim.Kind != state.UploadClaim {
		return false
	}
	return c.Local == nil || state.SameContent(c.Staged.Set.Files, c.Local.Files)
}

// Started reports whether there is nothing of the set but a begun upload.
func (c Candidate) Started() bool {
	return c.State == state.Incomplete && c.Staged != nil && len(c.Staged.Set.Files) > 0
}

// Rewritten reports whether the local set was written again after it was sent, with the
// same names and sizes. A manifest that was not read shows nothing: whoever reads the
// places reads it where there is reason to.
func (c Candidate) Rewritten() bool {
	return c.Local != nil && c.Remote != nil && c.Remote.Manifest != nil && len(c.Remote.Manifest.Rewritten(c.Local.Files)) > 0
}

// Found reports whether the destination holds a set that was found damaged.
func (c Candidate) Found() bool { return c.Remote != nil && c.Remote.Found != nil }

// Displaced reports whether the destination holds a set that was uploaded as another: its
// folder was renamed or copied on the server. Nothing in it is missing: it has to be moved
// back, not uploaded again.
func (c Candidate) Displaced() bool {
	s := c.Remote
	return s != nil && s.State == state.Damaged && s.Found == nil && s.Manifest != nil && s.Manifest.Key != s.Key
}

// copied reports whether the set is ready at the source, and marked at the destination.
func (c Candidate) copied() bool { return c.Local != nil && c.Remote != nil && c.Remote.Marked }

// published reports whether the set was complete at some time.
func (c Candidate) published() bool {
	return c.Remote.State == state.Complete || c.Remote.State == state.Damaged && c.Remote.Marked
}
